/* Declarations of every deck key that does not belong to a law. Ranges are the widest in which the program makes sense,
   not the plausible ones. Sources: "paper" is Singh et al. 2023, doi 10.1002/advs.202302521. */
#include "declare.h"

static const Parameter top[] = {
    TEXT_KEY("title", "", "What the run is about; printed in the summary and stored with the results"),
    REAL_KEY("temperature", "K", "degC", "25 degC", 173., 450.,
             "Temperature of the whole cell; below the melting point of lithium (453.65 K)",
             "paper 2.4: melting point"),
    END_OF_KEYS,
};

static const Parameter contact[] = {
    REAL_KEY("diameter", "m", "um", "9.64 um", 1e-9, 1e-2,
             "Diameter of the nominal contact between the lithium and the electrolyte at the start", "paper 2.1"),
    END_OF_KEYS,
};
static const Parameter electrolyte[] = {
    REAL_KEY("conductivity", "S m-1", "mS cm-1", "1.65 mS/cm", 1e-12, 1e6,
             "Ionic conductivity of the electrolyte at 25 degC", "paper 2: 1.65 mS/cm of the pellet"),
    REAL_KEY("activation_energy", "J mol-1", "eV", "0.40 eV", 0., 2e5,
             "Activation energy of the conductivity, sigma = sigma_25 exp(-E_A/R (1/T - 1/T_25))", "paper 2, Fig. S3"),
    REAL_KEY("depth", "m", "um", "0 um", 0., 1.,
             "Depth on the axis of the grounded counter electrode, which is a half spheroid confocal with the contact "
             "(a plane on the "
             "cylindrical grid); 0: infinitely far",
             NULL),
    REAL_KEY("grain_conductivity", "S m-1", "mS cm-1", "0 mS/cm", 0., 1e6,
             "Conductivity of the single grain under the contact at 25 degC; 0: the same as the electrolyte's",
             "2.5 to 5 mS/cm (recalled; to be verified)"),
    REAL_KEY("grain_depth", "m", "um", "0 um", 0., 1., "Depth of that grain; 0: there is no separate grain", NULL),
    REAL_KEY("grain_boundary_resistance", "ohm m2", "ohm cm2", "0 ohm cm2", 0., 1e6,
             "Resistance times area of the boundary below that grain", NULL),
    END_OF_KEYS,
};

static const Parameter grid[] = {
    CHOICE_KEY("type", "oblate", "oblate|cylindrical",
               "Oblate spheroidal coordinates (exact for a disk on a half space) or a graded cylinder"),
    INTEGER_KEY("rings", "64", 2, 4096, "Number of rings into which the contact is divided"),
    INTEGER_KEY(
        "layers", "0", 0, 100000,
        "Number of cell layers from the contact to the far boundary, at least 2; 0: one and a half times the rings"),
    REAL_KEY("ring_grading", "1", NULL, "1", 1e-3, 1e3,
             "Spacing of the rings at the axis over that at the rim, in the grid's own coordinate; 1: uniform", NULL),
    REAL_KEY("layer_grading", "1", NULL, "1", 1e-6, 1e6,
             "Spacing of the last layer over that of the first, in the grid's own coordinate; 1: uniform", NULL),
    END_OF_KEYS,
};
static const Parameter grid_cylindrical[] = {
    INTEGER_KEY("columns_outside", "64", 1, 100000, "Number of cell columns between the contact's rim and the wall"),
    REAL_KEY("outer_radius", "m", "um", "0 um", 0., 1., "Radius of the wall; 0: 20 contact radii", NULL),
    REAL_KEY("depth", "m", "um", "0 um", 0., 1.,
             "Height of the cylinder, where electrolyte.depth is 0; 0: 20 contact radii", NULL),
    REAL_KEY("outside_grading", "1", NULL, "30", 1e-6, 1e6,
             "Width of the outermost column over that of the first outside the rim", NULL),
    BOOLEAN_KEY("grounded_wall", "true", "Whether the wall is grounded like the bottom (else it is insulated)"),
    END_OF_KEYS,
};

static const Parameter bulk[] = {
    CHOICE_KEY(
        "solver", "auto", "auto|halfspace|condensed|field",
        "How the electrolyte is solved: analytic half space; dense operator of the linear grid; all cells; or the "
        "cheapest of these that fits"),
    TEXT_KEY("cache", "",
             "Directory in which condensed operators are kept between runs; empty: lisei below $XDG_CACHE_HOME (else "
             "~/.cache); "
             "none: nothing is kept"),
    REAL_KEY("rtol", "1", NULL, "1e-12", 1e-15, 1e-10,
             "Relative tolerance of iterative solves of the field; the balance of the currents, held to 1e-9, needs it",
             NULL),
    END_OF_KEYS,
};

static const Parameter sei[] = {
    CHOICE_KEY("growth", "none", "none|wagner",
               "How the SEI thickens: not at all, or limited by diffusion through it, L dL/dt = k/2"),
    REAL_KEY("thickness", "m", "nm", "10 nm", 1e-10, 1e-5,
             "Thickness of the SEI where lithium has just come into contact", "paper 2.3: some 10 nm"),
    BOOLEAN_KEY("resolved", "false",
                "Whether the SEI is part of the grid, as planar layers between lithium and electrolyte"),
    END_OF_KEYS,
};
static const Parameter sei_block[] = {
    INTEGER_KEY("layers", "8", 1, 10000, "Number of cell layers through the SEI"),
    INTEGER_KEY("columns", "1", 1, 256,
                "Number of cell columns in a grain, graded towards its edges; an edge between rings divides one more"),
    BOOLEAN_KEY("corners", "true",
                "Whether what passes across the corner of four cells of different phases is a link of its own; false: "
                "two-point fluxes alone, which conduct some per cent too little"),
    CHOICE_KEY(
        "solver", "auto", "auto|direct|iterative",
        "How SEI and electrolyte are solved: factored, the same on every process; or by conjugate gradients with "
        "multigrid, cells distributed over the processes; auto: by the number of cells"),
    CHOICE_KEY("phases_follow", "ring", "ring|place",
               "While the contact grows: every ring keeps its phases (r/a), or the phases stay in place and the rings "
               "move over them"),
    REAL_KEY("finest_column", "1", NULL, "0.05", 1e-4, 10.,
             "Width over the thickness of the SEI below which no column need be, beside the edges of grains", NULL),
    REAL_KEY("conductivity", "S m-1", "S cm-1", "2e-6 S/cm", 1e-14, 1e4,
             "Ionic conductivity of a uniform SEI at the run's temperature",
             "1e-6 to 1e-5 S/cm, from the interface resistance of a 10 nm film"),
    REAL_KEY("half_jump_distance", "m", "nm", "0 nm", 0., 1e-7,
             "Half the jump distance a of the ions in the field-dependent conduction, i = sigma E_c sinh(E/E_c), "
             "E_c = RT/(z F a); 0: conduction is linear",
             "paper eq. 3; 0.15 to 0.25 nm from crystal structures"),
    INTEGER_KEY("charge_number", "1", 1, 4, "Charge number z of the jumping ions"),
    CHOICE_KEY("microstructure", "uniform", "uniform|layered|random|voronoi|map",
               "One effective material; phases as layers; drawn at random brick by brick; Voronoi grains with pores; a "
               "map read from a file"),
    END_OF_KEYS,
};
/* Where phases have edges that cells do not follow. */
static const Parameter sei_sampled[] = {
    REAL_KEY("cell_width", "m", "nm", "0 nm", 0., 1e-3,
             "Width of the pieces of contact that are cut in sei.block.columns; 0: a quarter of a grain's width, or a "
             "pixel",
             NULL),
    CHOICE_KEY("mixing", "geometric", "geometric|largest",
               "Conductivity of a cell that holds several phases: geometric mean of the solids with pores as "
               "inclusions, or that "
               "of the largest share"),
    REAL_KEY("grain_boundary_resistance", "ohm m2", "ohm cm2", "0 ohm cm2", 0., 1e6,
             "Resistance times area of the boundary between two grains of one phase", NULL),
    REAL_KEY(
        "grain_boundary_conductance", "S", "S", "0 S", 0., 1e3,
        "Sheet conductance along the boundaries between solid grains or phases: conductivity times thickness of the "
        "boundary",
        NULL),
    END_OF_KEYS,
};
#define PHASE_SOURCE "volumes of Li6PS5Cl + 8 Li -> 5 Li2S + LiCl + Li3P"
static const Parameter sei_phases[] = {
    REAL_KEY("li2s_fraction", "1", NULL, "0.71", 0., 1., "Volume fraction of Li2S", PHASE_SOURCE),
    REAL_KEY("licl_fraction", "1", NULL, "0.105", 0., 1., "Volume fraction of LiCl", PHASE_SOURCE),
    REAL_KEY("li3p_fraction", "1", NULL, "0.185", 0., 1., "Volume fraction of Li3P", PHASE_SOURCE),
    REAL_KEY(
        "pore_fraction", "1", NULL, "0", 0., 0.99,
        "Volume fraction of pores; all four fractions are divided by their sum (voronoi: those of the solids sum to 1)",
        "up to 0.27: shrinkage of the reaction"),
    REAL_KEY("li2s_conductivity", "S m-1", "S cm-1", "1e-6 S/cm", 1e-16, 1e4,
             "Effective conductivity of Li2S at the run's temperature",
             "assumed; bulk Li2S has 1e-13 S/cm, which would block the interface"),
    REAL_KEY("licl_conductivity", "S m-1", "S cm-1", "1e-8 S/cm", 1e-16, 1e4,
             "Conductivity of LiCl at the run's temperature", "assumed"),
    REAL_KEY("li3p_conductivity", "S m-1", "S cm-1", "1e-4 S/cm", 1e-16, 1e4,
             "Conductivity of Li3P at the run's temperature", "assumed"),
    REAL_KEY("pore_conductivity", "S m-1", "S cm-1", "1e-12 S/cm", 1e-16, 1e4,
             "Conductivity of the pores; not 0, so that every cell has a potential", "assumed"),
    REAL_KEY("interphase_resistance", "ohm m2", "ohm cm2", "0 ohm cm2", 0., 1e6,
             "Resistance times area of the boundary between two phases", NULL),
    END_OF_KEYS,
};
static const Parameter sei_random[] = {
    INTEGER_KEY("seed", "1", 0, 2147483647,
                "Seed of the random phases: the same seed gives the same SEI on any number of processes"),
    REAL_KEY("grain_width", "m", "nm", "0 nm", 0., 1e-3, "Width of a grain along the contact; 0: grain_columns rings",
             NULL),
    REAL_KEY("grain_height", "m", "nm", "0 nm", 0., 1e-5, "Height of a grain through the SEI; 0: grain_layers layers",
             NULL),
    INTEGER_KEY("grain_columns", "1", 1, 4096, "Width of a grain in rings of grid.rings, where grain_width is 0"),
    INTEGER_KEY("grain_layers", "1", 1, 10000, "Height of a grain in layers of cells, where grain_height is 0"),
    END_OF_KEYS,
};

static const Parameter sei_voronoi[] = {
    INTEGER_KEY(
        "seed", "1", 0, 2147483647,
        "Seed of grains, phases and pores: the same seed gives the same SEI on any grid and number of processes"),
    REAL_KEY("grain_size", "m", "nm", "5 nm", 1e-10, 1e-3,
             "Root of the mean area of a grain in the r, z plane; of columnar grains: their mean width", "assumed"),
    REAL_KEY("spread", "1", NULL, "0.2", 0., 0.35, "Standard deviation of the areas of grains over their mean", NULL),
    REAL_KEY("aspect_ratio", "1", NULL, "1", 1e-3, 1e3, "Height of grains through the SEI over their width", NULL),
    BOOLEAN_KEY("columnar", "false", "Whether grains go through the whole SEI"),
    REAL_KEY("contiguity", "1", NULL, "0", 0., 1.,
             "Share of the pairs of grains of a cluster, three grains wide, that have one phase beyond chance", NULL),
    REAL_KEY("porosity_gradient", "1", NULL, "0", -1., 1.,
             "g of the porosity p (1 + g (2x - 1)), x = 0 at the lithium, 1 at the electrolyte, p its mean", NULL),
    REAL_KEY("pore_size", "m", "nm", "0 nm", 0., 1e-3, "Size of pores, as grain_size; 0: as the grains", NULL),
    END_OF_KEYS,
};

static const Parameter sei_map[] = {
    TEXT_KEY(
        "file", "",
        "Map of the phases, as seen from the deck: PNG, TIFF or HDF5, one grey value a pixel; rows from the lithium "
        "to the electrolyte, columns from the axis outward"),
    TEXT_KEY("dataset", "phase", "Name of the data (rows, columns) in an HDF5 file"),
    REAL_KEY("pixel", "m", "nm", "1 nm", PARAMETER_POSITIVE, 1e-3, "Width of a pixel", NULL),
    REAL_KEY("pixel_height", "m", "nm", "0 nm", 0., 1e-3, "Height of a pixel; 0: as its width", NULL),
    CHOICE_KEY("beyond", "end", "end|repeat|mirror",
               "What follows where the map is narrower than the contact: an error, the map again, its mirror image"),
    INTEGER_KEY("li3p_grey", "", 0, 65535, "Grey value of Li3P"),
    INTEGER_KEY("li2s_grey", "", 0, 65535, "Grey value of Li2S"),
    INTEGER_KEY("licl_grey", "", 0, 65535, "Grey value of LiCl"),
    INTEGER_KEY("pore_grey", "", 0, 65535, "Grey value of pores"),
    END_OF_KEYS,
};

static const Parameter time_keys[] = {
    CHOICE_KEY("method", "esdirk3", "esdirk3|esdirk4",
               "Time integrator: singly diagonally implicit Runge-Kutta of third or fourth order, L-stable, one-step"),
    REAL_KEY("tolerance", "1", NULL, "1e-4", 1e-10, 1e-1, "Relative error allowed in a time step", NULL),
    REAL_KEY("newton_tolerance", "1", NULL, "0.1", 1e-12, 0.5,
             "Error at which Newton's iteration stops, relative to time.tolerance", NULL),
    REAL_KEY("first_step", "s", "s", "0 s", 0., 1e9,
             "First time step after a jump of the potential or the current; a sweep that goes on keeps its step; 0: "
             "chosen by the program",
             NULL),
    REAL_KEY("largest_step", "s", "s", "0 s", 0., 1e12, "Largest time step; 0: no limit", NULL),
    REAL_KEY("smallest_step", "s", "s", "1e-9 s", PARAMETER_POSITIVE, 1e3,
             "Time step below which the run stops because it does not converge", NULL),
    END_OF_KEYS,
};

static const Parameter output[] = {
    CHOICE_KEY(
        "fields", "vertices", "none|end|vertices|interval",
        "When cell fields are saved: never, at the end, at the end of each piece of the protocol, or at regular times"),
    REAL_KEY("curve_tolerance", "1", NULL, "1e-4", 1e-8, 1.,
             "How exactly straight lines between the time steps draw the curve of the current (of the potential, where "
             "the current is imposed), relative to its largest value; shorter steps where it bends",
             NULL),
    CHOICE_KEY(
        "grid_error", "instant", "none|instant|history",
        "What is said of the grid's share of the error: nothing; that of the largest current at the contact state "
        "it was found with; or also what it has done to the contact before, from the whole experiment once more on "
        "another grid (resolved SEI: at least four times the columns; else half the rings and layers)"),
    TEXT_LIST_KEY("sensitivities", "[]",
                  "Keys of numbers, e.g. needle.pressure: the history gets the derivative of its columns by the "
                  "logarithm of each, exact for the time steps taken"),
    INTEGER_KEY("interface_every", "1", 1, 1000000, "Ring profiles are saved every this many time steps"),
    REAL_KEY("checkpoint_every", "s", "s", "60 s", 0., 1e9, "Wall time between checkpoints", NULL),
    REAL_KEY("flush_every", "s", "s", "1 s", 0., 1e6, "Wall time between writes of the history to disk", NULL),
    REAL_KEY("wall_time_limit", "s", "h", "0 s", 0., 1e9,
             "Wall time after which the run saves its state and stops, to be resumed; 0: no limit", NULL),
    END_OF_KEYS,
};
static const Parameter output_interval[] = {
    REAL_KEY("fields_interval", "s", "s", "10 s", PARAMETER_POSITIVE, 1e12, "Simulated time between saved fields",
             NULL),
    END_OF_KEYS,
};

static PetscErrorCode DescribeGroups(ParameterTable table) {
  static const char *const groups[][2] = {
      {"", "The run as a whole"},
      {"contact", "Contact between lithium and electrolyte: its size, how it evolves under current and load"},
      {"electrolyte", "Solid electrolyte below the contact"},
      {"grid", "Axisymmetric grid"},
      {"grid.cylindrical", "The cylinder outside the contact"},
      {"bulk", "Solution of the electrolyte's potential"},
      {"interface", "Kinetics between lithium and electrolyte"},
      {"sei", "Interphase between lithium and electrolyte"},
      {"sei.block", "The resolved interphase"},
      {"sei.block.phases",
       "Phases of the resolved interphase; in layers they follow from the lithium: Li3P, Li2S, LiCl, pores"},
      {"sei.block.random", "Random phases"},
      {"sei.block.voronoi", "Voronoi grains of one phase each, with pores"},
      {"sei.block.map", "Map of the phases from a file"},
      {"lithium", "Lithium metal: grains and creep"},
      {"time", "Time integration"},
      {"output", "What is written, and when"},
  };

  PetscFunctionBeginUser;
  for (size_t i = 0; i < sizeof(groups) / sizeof(groups[0]); i++) {
    PetscCall(TableDescribe(table, groups[i][0], groups[i][1]));
  }
  PetscFunctionReturn(0);
}

PetscErrorCode ParametersRegister(ParameterTable table) {
  PetscFunctionBeginUser;
  PetscCall(DescribeGroups(table));
  PetscCall(TableAdd(table, "", top, NULL, NULL));
  PetscCall(TableAdd(table, "contact", contact, NULL, NULL));
  PetscCall(TableAdd(table, "electrolyte", electrolyte, NULL, NULL));
  PetscCall(TableAdd(table, "grid", grid, NULL, NULL));
  PetscCall(TableAdd(table, "grid.cylindrical", grid_cylindrical, "grid.type", "cylindrical"));
  PetscCall(TableAdd(table, "bulk", bulk, NULL, NULL));
  PetscCall(TableAdd(table, "sei", sei, NULL, NULL));
  PetscCall(TableAdd(table, "sei.block", sei_block, "sei.resolved", "true"));
  PetscCall(TableAdd(table, "sei.block", sei_sampled, "sei.block.microstructure", "voronoi|map"));
  PetscCall(TableAdd(table, "sei.block.phases", sei_phases, "sei.block.microstructure", "layered|random|voronoi|map"));
  PetscCall(TableAdd(table, "sei.block.random", sei_random, "sei.block.microstructure", "random"));
  PetscCall(TableAdd(table, "sei.block.voronoi", sei_voronoi, "sei.block.microstructure", "voronoi"));
  PetscCall(TableAdd(table, "sei.block.map", sei_map, "sei.block.microstructure", "map"));
  PetscCall(TableAdd(table, "time", time_keys, NULL, NULL));
  PetscCall(TableAdd(table, "output", output, NULL, NULL));
  PetscCall(TableAdd(table, "output", output_interval, "output.fields", "interval"));
  PetscCall(ParametersRegisterProtocol(table));
  PetscFunctionReturn(0);
}
