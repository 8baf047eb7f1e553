/* A simulation: everything that a validated deck describes, ready to run. */
#ifndef LISEI_SIMULATION_H
#define LISEI_SIMULATION_H

#include "../../io/deck/deck.h"
#include "../../physics/charge_storage.h"
#include "../monitor/monitors.h"
#include "../parts/sei.h"
#include "../system/electrode.h"
#include "../time/integrator.h"
#include "protocol.h"
#include "sei_structure.h"

/* The resolved SEI: its cells, cell = column*layers + layer, layer 0 at the lithium. */
typedef struct {
  SeiStructure structure;
  SeiColumns columns; /* those of the nodes where the unknowns stand there */
  PetscInt layers;
  SeiColumns cells; /* the cells between the nodes, and what they conduct; empty otherwise */
  double *cell_conductivity;
  SeiNodes nodes;
  double radius;                       /* [m] of the contact at the start */
  PetscBool is_large;                  /* solved by iteration: no process has all cells, and the next three are NULL */
  double *conductivity;                /* [S/m] cells */
  int *phase;                          /* cells: CellPhase */
  PetscInt *grain;                     /* cells of a sampled structure: a number for each grain; else NULL */
  double fraction[SEI_SAMPLED_PHASES]; /* [1] volume fractions of a sampled structure */
  char warning[2][256];                /* "" or: grains too small for the cells, nothing solid connects */
  KineticsSeries transfer;             /* SE|SEI, on the whole area */
} SimulationSei;

enum { VARIATIONS_MAX = 24, VARIATION_COLUMNS_MAX = 16 };

/* How finely space is divided. */
typedef struct {
  PetscInt rings, layers;           /* of the electrolyte */
  PetscInt sei_columns, sei_layers; /* of a resolved SEI: in a grain; through it */
  double finest_column, steepest;   /* [1] of the thickness; SeiGrading */
  PetscBool sei_nodes;              /* its unknowns stand at the corners of its cells (sei.h, SeiNodes) */
} Resolution;

typedef struct Simulation_ *Simulation;

/* The simulation of a deck in which one number is another (variation.c). */
typedef struct {
  const char *key;
  Simulation simulation;
  double step;                             /* [1] by which the logarithm of the number is larger */
  PetscBool laws, path;                    /* the laws of the rings, the path of the currents depend on it */
  char column[VARIATION_COLUMNS_MAX][160]; /* names of the derivatives in the history */
} SimulationVariation;

struct Simulation_ {
  MPI_Comm comm;
  Deck deck; /* borrowed */
  Resolution resolution;
  Grid grid;
  Bulk bulk;
  double conductivity;          /* [S/m] of the electrolyte at the deck's temperature */
  double grain_conductivity;    /* [S/m] the same of the grain under the contact; that of the electrolyte without one */
  double *cell_conductivity;    /* [S/m] cells; NULL if homogeneous */
  double *face_resistance_down; /* [Ohm m^2] cells, or NULL */
  double *face_resistance_outward;
  double *cell_phase;    /* [1] cells: 0 electrolyte, 1 grain under the contact */
  PetscInt rings;        /* of the interface: those of the grid, or the columns of a resolved SEI */
  double *ring_edge;     /* [m] rings+1 */
  double *ring_area;     /* [m^2] rings */
  SimulationSei *sei;    /* NULL unless the SEI is resolved */
  KineticsSeries films;  /* on the whole area of the rings, where the SEI is lumped */
  ChargeStorage storage; /* for impedance */
  ElectrodeModel model;
  Electrode electrode;
  Protocol protocol;
  IntegratorOptions integrator;
  Monitors monitors;
  void *law_parameters[16]; /* owned parameter structs of the chosen laws */
  PetscInt law_count;
  PetscBool bulk_is_borrowed;
  PetscInt variation_count; /* output.sensitivities */
  SimulationVariation *variation;
};

/* From now on simulations of the same grid share it, and condensed operators stay in memory: for many simulations in
   one process. PETSC_FALSE frees what is kept. */
PetscErrorCode SimulationShare(PetscBool share);

/* Grid and protocol only: what can be checked cheaply, errors to `diagnostics`. */
PetscErrorCode SimulationCreate(MPI_Comm comm, Deck deck, Diagnostics diagnostics, Simulation *simulation);
/* What the bulk operator will be: fills the material. */
PetscErrorCode SimulationPlanBulk(Simulation simulation, BulkPlan *plan);
/* Build the bulk operator and the electrode; read the options of the monitors. */
PetscErrorCode SimulationSetUp(Simulation simulation);
/* The same experiment with a resolution of its own (oblate grids and half space only). */
PetscErrorCode SimulationCreateOther(Simulation like, const Resolution *resolution, Simulation *other);
/* variation.c: output.sensitivities. Mistakes; the other simulations, after the electrode; those that a fit asks for.
 */
PetscErrorCode SimulationCheckVariations(Deck deck, Protocol protocol, Diagnostics diagnostics);
PetscErrorCode SimulationCreateVariations(Simulation simulation);
PetscErrorCode SimulationDestroyVariations(Simulation simulation);
/* The same deck and grid with another electrode: what its keys say now. shares_bulk: they say the same of the
   electrolyte, whose operator is borrowed. */
PetscErrorCode SimulationCreateBeside(Simulation like, PetscBool shares_bulk, Simulation *beside);
/* sei_check.c: combinations of keys that no resolved SEI can have. */
PetscErrorCode SimulationCheckSei(Deck deck, Diagnostics diagnostics);
/* impedance_check.c: what the protocol measures must mean something. */
PetscErrorCode SimulationCheckImpedance(Deck deck, Protocol protocol, Diagnostics diagnostics);
/* sei_model.c: cells of a resolved SEI, of a structure that knows the rings of the grid `counted`; then the path
   through them. */
PetscErrorCode SimulationCreateSei(Simulation simulation, Grid counted);
/* More than the memory of the computers bears. Collective. */
PetscErrorCode SimulationCheckSeiMemory(Simulation simulation, Diagnostics diagnostics);
/* A SeiMaterial with a SimulationSei for its context: the cells of some columns at the start. */
PetscErrorCode SimulationSeiMaterial(void *context, PetscInt first, PetscInt last, double conductivity[], int phase[],
                                     PetscInt grain[]);
/* sei_check.c: why the iterative solver cannot have a resolved SEI of this deck, or NULL; *key: because of which.
   Either may be NULL. */
const char *SimulationIterativeComplaint(Deck deck, Protocol protocol, const char **key);
/* Its unknowns move to the corners of its cells: another discretisation of the same structure. */
PetscErrorCode SimulationSeiToNodes(Simulation simulation);
PetscErrorCode SimulationDestroySei(Simulation simulation);
PetscErrorCode SimulationCreatePath(Simulation simulation);
/* Cells of the electrolyte and of a resolved SEI together. */
PetscInt SimulationCellCount(Simulation simulation);
/* [1] r/a that halves the area of an interface ring */
double SimulationRingRadius(Simulation simulation, PetscInt ring);
PetscErrorCode SimulationDestroy(Simulation *simulation);

#endif
