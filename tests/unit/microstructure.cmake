# Structures as functions of a point: plain C.
lisei_unit_test(test_microstructure test_microstructure.c lisei_microstructure)
