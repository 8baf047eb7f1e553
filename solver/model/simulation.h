/* A simulation: everything that a validated deck describes, ready to run. */
#ifndef LISEI_SIMULATION_H
#define LISEI_SIMULATION_H

#include "../../io/deck/deck.h"
#include "../parts/sei.h"
#include "../system/electrode.h"
#include "../time/integrator.h"
#include "protocol.h"
#include "sei_structure.h"

/* The resolved SEI: its cells, cell = column*layers + layer, layer 0 at the lithium. */
typedef struct {
  SeiStructure structure;
  SeiColumns columns;
  PetscInt layers;
  double *conductivity;    /* [S/m] cells */
  int *phase;              /* cells: CellPhase */
  KineticsSeries transfer; /* SE|SEI, on the whole area */
} SimulationSei;

typedef struct {
  MPI_Comm comm;
  Deck deck; /* borrowed */
  Grid grid;
  Bulk bulk;
  double conductivity;          /* [S/m] of the electrolyte at the deck's temperature */
  double grain_conductivity;    /* [S/m] the same of the grain under the contact; that of the electrolyte without one */
  double *cell_conductivity;    /* [S/m] cells; NULL if homogeneous */
  double *face_resistance_down; /* [Ohm m^2] cells, or NULL */
  double *face_resistance_outward;
  double *cell_phase; /* [1] cells: 0 electrolyte, 1 grain under the contact */
  PetscInt rings;     /* of the interface: those of the grid, or the columns of a resolved SEI */
  double *ring_edge;  /* [m] rings+1 */
  double *ring_area;  /* [m^2] rings */
  SimulationSei *sei; /* NULL unless the SEI is resolved */
  ElectrodeModel model;
  Electrode electrode;
  Protocol protocol;
  IntegratorOptions integrator;
  void *law_parameters[16]; /* owned parameter structs of the chosen laws */
  PetscInt law_count;
} * Simulation;

/* Grid and protocol only: what can be checked cheaply, errors to `diagnostics`. */
PetscErrorCode SimulationCreate(MPI_Comm comm, Deck deck, Diagnostics diagnostics, Simulation *simulation);
/* Build the bulk operator and the electrode. */
PetscErrorCode SimulationSetUp(Simulation simulation);
/* The same electrode on a grid of half the rings and layers (oblate grids and half space only), without a protocol. */
/* sei_model.c: cells of a resolved SEI, `cells` columns per piece of the structure; then the path through them. */
PetscErrorCode SimulationCreateSei(Simulation simulation, PetscInt cells, PetscInt layers);
PetscErrorCode SimulationDestroySei(Simulation simulation);
PetscErrorCode SimulationCreatePath(Simulation simulation);
PetscErrorCode SimulationCreateCoarse(Simulation fine, Simulation *coarse);
/* Cells of the electrolyte and of a resolved SEI together. */
PetscInt SimulationCellCount(Simulation simulation);
/* [1] r/a that halves the area of an interface ring */
double SimulationRingRadius(Simulation simulation, PetscInt ring);
PetscErrorCode SimulationDestroy(Simulation *simulation);

#endif
