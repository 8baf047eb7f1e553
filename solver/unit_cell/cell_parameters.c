#include "cell_parameters.h"
#include "../../io/deck/declare.h"
#include <math.h>

#define PHASES "li3p|li2s|licl|pore" /* in the order of box_structure.h */

static const Parameter top[] = {
    {.key = "title",
     .kind = PARAMETER_TEXT,
     .fallback = "",
     .meaning = "What the cell is about; printed in the summary and stored with the results"},
    REAL_KEY("temperature", "K", "degC", "25 degC", 173., 450., "Temperature", NULL),
    END_OF_KEYS,
};
static const Parameter cell[] = {
    REAL_KEY("length_x", "m", "nm", NULL, 1e-10, 1e-2, "Length of the box along x", NULL),
    REAL_KEY("length_y", "m", "nm", NULL, 1e-10, 1e-2, "Length of the box along y", NULL),
    REAL_KEY("length_z", "m", "nm", NULL, 1e-10, 1e-2, "Length of the box along z, the normal of the SEI", NULL),
    INTEGER_KEY("cells_x", NULL, 1, 4096,
                "Number of grid cells along x, even, for a second grid has half as many; 1: nothing depends on x"),
    INTEGER_KEY("cells_y", NULL, 1, 4096, "The same along y"),
    INTEGER_KEY("cells_z", NULL, 1, 4096, "The same along z; between electrodes at least 4"),
    CHOICE_KEY(
        "boundary", "periodic", "periodic|electrodes",
        "The box repeats along all axes, or there are electrodes at both ends of z and it repeats along x and y"),
    {.key = "axes",
     .kind = PARAMETER_CHOICE_LIST,
     .fallback = "[x, y, z]",
     .choices = "x|y|z",
     .meaning = "Axes of the mean field whose response is solved for: the columns of the conductivity tensor that are "
                "wanted; between electrodes [z]"},
    CHOICE_KEY("structure", NULL, "layers|checkerboard|spheres|bricks|grains",
               "Layers; a checkerboard of squares or cubes; a simple cubic array of spheres; bricks drawn at random; "
               "Voronoi grains with pores"),
    REAL_KEY("half_jump_distance", "m", "nm", "0 nm", 0., 1e-7,
             "Half the jump distance a of the ions in the field-dependent conduction of every phase, i = sigma E_c "
             "sinh(E/E_c), E_c = RT/(z F a), along each axis; 0: conduction is linear",
             "paper eq. 3; 0.15 to 0.25 nm from crystal structures"),
    INTEGER_KEY("charge_number", "1", 1, 4, "Charge number z of the jumping ions"),
    {.key = "fields",
     .kind = PARAMETER_REAL_LIST,
     .unit = "V m-1",
     .shown = "V um-1",
     .fallback = "[]",
     .minimum = PARAMETER_POSITIVE,
     .maximum = 1e10,
     .meaning = "Mean fields along z at which the field-dependent conduction is solved, ascending; []: 0.5, 1 and 2 "
                "times E_c"},
    REAL_KEY("rtol", "1", NULL, "1e-8", 1e-14, 1e-4,
             "Relative tolerance of the linear solves; the error of conductivities goes with its square", NULL),
    END_OF_KEYS,
};
#define PHASE_SOURCE "volumes of Li6PS5Cl + 8 Li -> 5 Li2S + LiCl + Li3P"
static const Parameter conductivities[] = {
    REAL_KEY("li2s_conductivity", "S m-1", "S cm-1", "1e-6 S/cm", 1e-16, 1e4,
             "Conductivity of Li2S at the cell's temperature", "assumed"),
    REAL_KEY("licl_conductivity", "S m-1", "S cm-1", "1e-8 S/cm", 1e-16, 1e4,
             "Conductivity of LiCl at the cell's temperature", "assumed"),
    REAL_KEY("li3p_conductivity", "S m-1", "S cm-1", "1e-4 S/cm", 1e-16, 1e4,
             "Conductivity of Li3P at the cell's temperature", "assumed"),
    REAL_KEY("pore_conductivity", "S m-1", "S cm-1", "1e-12 S/cm", 1e-16, 1e4,
             "Conductivity of the pores; not 0, so that every cell has a potential", "assumed"),
    END_OF_KEYS,
};
static const Parameter fractions[] = {
    REAL_KEY("li2s_fraction", "1", NULL, "0.71", 0., 1., "Volume fraction of Li2S; the four must sum to 1",
             PHASE_SOURCE),
    REAL_KEY("licl_fraction", "1", NULL, "0.105", 0., 1., "Volume fraction of LiCl", PHASE_SOURCE),
    REAL_KEY("li3p_fraction", "1", NULL, "0.185", 0., 1., "Volume fraction of Li3P", PHASE_SOURCE),
    REAL_KEY("pore_fraction", "1", NULL, "0", 0., 0.99, "Volume fraction of pores",
             "up to 0.27: shrinkage of the reaction"),
    END_OF_KEYS,
};
static const Parameter layers[] = {
    CHOICE_KEY("axis", "z", "x|y|z", "Normal of the layers; x or y make columns"),
    INTEGER_KEY("repeat", "1", 1, 1000, "How often the sequence Li3P, Li2S, LiCl, pores is repeated in the box"),
    END_OF_KEYS,
};
static const Parameter checkerboard[] = {
    REAL_KEY("size", "m", "nm", NULL, 1e-10, 1e-2, "Edge of a square or cube", NULL),
    CHOICE_KEY("plane", "xz", "xy|xz|yz|xyz", "Plane of the squares, which go through the box; xyz: cubes"),
    CHOICE_KEY("first", "li3p", PHASES, "Phase at the origin"),
    CHOICE_KEY("second", "li2s", PHASES, "The other phase"),
    END_OF_KEYS,
};
static const Parameter spheres[] = {
    REAL_KEY("fraction", "1", NULL, NULL, 1e-6, 0.5235, "Volume fraction of the spheres; they touch at 0.5236", NULL),
    REAL_KEY("spacing", "m", "nm", "0 nm", 0., 1e-2, "Lattice constant of the simple cubic array; 0: cell.length_x",
             NULL),
    CHOICE_KEY("inclusion", "li3p", PHASES, "Phase of the spheres"),
    CHOICE_KEY("matrix", "li2s", PHASES, "Phase between them"),
    END_OF_KEYS,
};
static const Parameter bricks[] = {
    INTEGER_KEY("seed", "1", 0, 2147483647, "The same seed gives the same structure on any grid"),
    REAL_KEY("size_x", "m", "nm", NULL, 1e-10, 1e-2, "Extent of a brick along x; rounded so that whole ones fit", NULL),
    REAL_KEY("size_y", "m", "nm", NULL, 1e-10, 1e-2, "The same along y", NULL),
    REAL_KEY("size_z", "m", "nm", NULL, 1e-10, 1e-2, "The same along z", NULL),
    END_OF_KEYS,
};
static const Parameter grains[] = {
    INTEGER_KEY("seed", "1", 0, 2147483647, "The same seed gives the same structure on any grid"),
    REAL_KEY("size", "m", "nm", NULL, 1e-10, 1e-3, "Cube root of the mean volume of a grain; columnar: of the section",
             NULL),
    REAL_KEY("spread", "1", NULL, "0.3", 0., 0.38, "Standard deviation of the volumes (sections) over their mean",
             NULL),
    REAL_KEY("aspect", "1", NULL, "1", 0.01, 100., "Height of a grain over its width; not used where columnar", NULL),
    BOOLEAN_KEY("columnar", "false", "Whether grains go through the whole box along z"),
    REAL_KEY("contiguity", "1", NULL, "0", 0., 1.,
             "Part of the pairs of grains of one cluster, three grains wide, that share their phase beyond chance",
             NULL),
    REAL_KEY("porosity_gradient", "1", NULL, "0", -1., 1.,
             "g: the porosity is cell.phases.pore_fraction (1 + g (2 z/length_z - 1))", NULL),
    REAL_KEY("pore_size", "m", "nm", "0 nm", 0., 1e-3, "Size of pores; 0: that of grains", NULL),
    END_OF_KEYS,
};
static const Parameter output[] = {
    CHOICE_KEY("fields", "end", "none|end",
               "Whether phases, potential and current density of every cell are written for ParaView"),
    END_OF_KEYS,
};

static PetscErrorCode Describe(ParameterTable table) {
  static const char *const groups[][2] = {
      {"", "The unit cell as a whole"},
      {"cell", "A box of the SEI and what is asked of it"},
      {"cell.phases", "Phases: conductivities, and volume fractions where the structure does not have its own"},
      {"cell.layers", "Layers of the phases"},
      {"cell.checkerboard", "Squares or cubes of two phases by turns"},
      {"cell.spheres", "A simple cubic array of spheres"},
      {"cell.bricks", "Bricks whose phases are drawn at random"},
      {"cell.grains", "Voronoi grains and pores"},
      {"output", "What is written"},
  };

  PetscFunctionBeginUser;
  for (size_t k = 0; k < sizeof groups / sizeof *groups; k++) {
    PetscCall(TableDescribe(table, groups[k][0], groups[k][1]));
  }
  PetscFunctionReturn(0);
}

PetscErrorCode CellTableCreate(ParameterTable *table) {
  static const char selector[] = "cell.structure";

  PetscFunctionBeginUser;
  PetscCall(TableCreate(table));
  PetscCall(Describe(*table));
  PetscCall(TableAdd(*table, "", top, NULL, NULL));
  PetscCall(TableAdd(*table, "cell", cell, NULL, NULL));
  PetscCall(TableAdd(*table, "cell.phases", conductivities, NULL, NULL));
  PetscCall(TableAdd(*table, "cell.phases", fractions, selector, "layers|bricks|grains"));
  PetscCall(TableAdd(*table, "cell.layers", layers, selector, "layers"));
  PetscCall(TableAdd(*table, "cell.checkerboard", checkerboard, selector, "checkerboard"));
  PetscCall(TableAdd(*table, "cell.spheres", spheres, selector, "spheres"));
  PetscCall(TableAdd(*table, "cell.bricks", bricks, selector, "bricks"));
  PetscCall(TableAdd(*table, "cell.grains", grains, selector, "grains"));
  PetscCall(TableAdd(*table, "output", output, NULL, NULL));
  PetscFunctionReturn(0);
}
