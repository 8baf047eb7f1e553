/* A simulation: everything that a validated deck describes, ready to run. */
#ifndef LISEI_SIMULATION_H
#define LISEI_SIMULATION_H

#include "../../io/deck/deck.h"
#include "../system/electrode.h"
#include "../time/integrator.h"
#include "protocol.h"

typedef struct {
  MPI_Comm comm;
  Deck deck; /* borrowed */
  Grid grid;
  Bulk bulk;
  double conductivity;          /* [S/m] of the electrolyte at the deck's temperature */
  double grain_conductivity;    /* [S/m] the same of the grain under the contact; that of the electrolyte without one */
  double *cell_conductivity;    /* [S/m] cells; NULL if homogeneous */
  double *cell_field_scale;     /* [V/m] cells; NULL if conduction is linear */
  double *face_resistance_down; /* [Ohm m^2] cells, or NULL */
  double *face_resistance_outward;
  double *cell_phase; /* [1] cells: 0 electrolyte, 1 grain under the contact, 10 + phase in the SEI */
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
PetscErrorCode SimulationCreateCoarse(Simulation fine, Simulation *coarse);
PetscErrorCode SimulationDestroy(Simulation *simulation);

#endif
