# Unit tests of the constitutive laws: plain C, one file per family.
lisei_unit_test(physics_kinetics test_physics_kinetics.c lisei_physics)
lisei_unit_test(physics_interface test_physics_interface.c lisei_physics)
lisei_unit_test(physics_creep test_physics_creep.c lisei_physics)
lisei_unit_test(physics_needle test_physics_needle.c lisei_physics)
lisei_unit_test(physics_contact test_physics_contact.c lisei_physics)
lisei_unit_test(physics_parameters test_physics_parameters.c lisei_physics)
lisei_unit_test(physics_crack test_physics_crack.c lisei_physics)
lisei_unit_test(physics_spreading test_physics_spreading.c lisei_physics)
