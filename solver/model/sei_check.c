/* What a deck may not ask of a resolved SEI: said before anything is made. */
#include "catalogue.h"
#include "parts.h"
#include "simulation.h"
#include <unistd.h>

/* Every column is a ring of the interface, with a state of its own. */
static const double most_columns = 100000.0;

static bool Is(Deck deck, const char *key, const char *value) {
  return !strcmp(DeckText(deck, key), value);
}

/* Laws that stand for transport through the SEI would count it twice. */
static PetscErrorCode CheckLaws(Deck deck, Diagnostics diagnostics) {
  static const char counted_twice[] = "the SEI is resolved in cells, and this law would count it twice";
  char key[128];

  PetscFunctionBeginUser;
  if (!Is(deck, "interface.kinetics", "series")) {
    if (Is(deck, "interface.kinetics", "film") || Is(deck, "interface.kinetics", "hopping")) {
      PetscCall(DeckError(deck, "interface.kinetics", diagnostics, counted_twice));
    }
    PetscFunctionReturn(0);
  }
  for (int k = 0; k < 3; k++) {
    const bool transport = !strcmp(CatalogueProcesses[k], "sei_transport");
    (void)snprintf(key, sizeof key, "interface.%s.law", CatalogueProcesses[k]);
    if (Is(deck, key, "film") || Is(deck, key, "hopping") || (transport && !Is(deck, key, "none"))) {
      PetscCall(DeckError(deck, key, diagnostics, counted_twice));
    }
  }
  PetscFunctionReturn(0);
}

/* Grains that the cells would pass over, or that would make more cells than can be meant. */
static PetscErrorCode CheckGrains(Deck deck, Diagnostics diagnostics) {
  const double thickness = DeckReal(deck, "sei.thickness"), height = DeckReal(deck, "sei.block.random.grain_height");
  const double width = DeckReal(deck, "sei.block.random.grain_width"),
               radius = 0.5 * DeckReal(deck, "contact.diameter");
  const double layers = (double)DeckInteger(deck, "sei.block.layers");
  char message[256];

  PetscFunctionBeginUser;
  if (height > 0.0 && height < thickness / layers * (1.0 - 1e-9)) {
    (void)snprintf(
        message, sizeof message,
        "grains %.4g nm high are lower than a layer of cells (%.4g nm): sei.block.layers must be at least %.0f",
        1e9 * height, 1e9 * thickness / layers, ceil(thickness / height * (1.0 - 1e-9)));
    PetscCall(DeckError(deck, "sei.block.random.grain_height", diagnostics, message));
  }
  if (width > 0.0 && radius / width > most_columns) {
    (void)snprintf(message, sizeof message,
                   "grains %.4g nm wide are %.3g from the axis to the rim of the contact: at most %.0f can be resolved",
                   1e9 * width, radius / width, most_columns);
    PetscCall(DeckError(deck, "sei.block.random.grain_width", diagnostics, message));
  }
  if (Is(deck, "sei.block.phases_follow", "place") && width <= 0.0) {
    PetscCall(
        DeckError(deck, "sei.block.phases_follow", diagnostics,
                  "phases that stay in place need grains with a width of their own (sei.block.random.grain_width), "
                  "not one counted in rings"));
  }
  PetscFunctionReturn(0);
}

const char *SimulationIterativeComplaint(Deck deck, Protocol protocol, const char **key) {
  const char *unused = NULL;

  key = key ? key : &unused;
  *key = "bulk.solver";
  if (Is(deck, "bulk.solver", "halfspace")) {
    return "sei.block.solver iterative needs cells of the electrolyte: use auto, condensed or field";
  }
  *key = "crack.shape";
  if (!Is(deck, "crack.shape", "none")) {
    return "a crack needs sei.block.solver direct";
  }
  *key = "sei.block.phases_follow";
  if (Is(deck, "sei.block.phases_follow", "place")) {
    return "phases that stay in place need sei.block.solver direct";
  }
  *key = "sei.block.solver";
  return protocol && protocol->measurement_count ? "an impedance needs sei.block.solver direct" : NULL;
}

PetscErrorCode SimulationCheckSeiMemory(Simulation sim, Diagnostics diagnostics) {
  const SimulationSei *sei = sim->sei;
  const double memory = (double)sysconf(_SC_PHYS_PAGES) * (double)sysconf(_SC_PAGESIZE); /* of this computer */
  PetscMPIInt processes, here;
  MPI_Comm computer;
  double needed;
  char message[256];
  int short_of = 0;

  PetscFunctionBeginUser;
  PetscCallMPI(MPI_Comm_size(sim->comm, &processes));
  PetscCallMPI(MPI_Comm_split_type(sim->comm, MPI_COMM_TYPE_SHARED, 0, MPI_INFO_NULL, &computer));
  PetscCallMPI(MPI_Comm_size(computer, &here));
  PetscCallMPI(MPI_Comm_free(&computer));
  needed = (double)here * (sei->is_large ? SeiLargeMemoryEstimate(sei->columns.count, sei->layers, processes)
                                         : SeiMemoryEstimate(sei->columns.count, sei->layers, sim->grid->rings));
  short_of = needed > 2.0 * memory; /* the estimates are right within a factor of two */
  PetscCallMPI(MPI_Allreduce(MPI_IN_PLACE, &short_of, 1, MPI_INT, MPI_MAX, sim->comm));
  if (short_of) {
    (void)snprintf(message, sizeof message,
                   "%.3g cells of the SEI need some %.3g GB for the %d processes on a computer that has %.3g GB: fewer "
                   "layers or columns, %s",
                   (double)sei->columns.count * (double)sei->layers, 1e-9 * needed, (int)here, 1e-9 * memory,
                   sei->is_large ? "or more computers" : "fewer processes, or sei.block.solver iterative");
    PetscCall(DeckError(sim->deck, "sei.block.layers", diagnostics, message));
  }
  PetscFunctionReturn(0);
}

/* Sum of the volume fractions, by which they are divided. */
static double PhaseTotal(Deck deck) {
  return DeckReal(deck, "sei.block.phases.li2s_fraction") + DeckReal(deck, "sei.block.phases.licl_fraction") +
         DeckReal(deck, "sei.block.phases.li3p_fraction") + DeckReal(deck, "sei.block.phases.pore_fraction");
}

PetscErrorCode SimulationCheckSei(Deck deck, Diagnostics diagnostics) {
  PetscFunctionBeginUser;
  if (!Is(deck, "grid.type", "oblate")) {
    PetscCall(DeckError(deck, "sei.resolved", diagnostics, "a resolved SEI needs grid.type oblate"));
  }
  if (DeckReal(deck, "sei.thickness") >= 0.5 * DeckReal(deck, "contact.diameter")) {
    PetscCall(DeckError(deck, "sei.thickness", diagnostics,
                        "a resolved SEI is a flat layer: its thickness must be less than the radius of the contact"));
  }
  PetscCall(CheckLaws(deck, diagnostics));
  if (Is(deck, "sei.block.solver", "iterative")) {
    const char *key, *complaint = SimulationIterativeComplaint(deck, NULL, &key);
    if (complaint) {
      PetscCall(DeckError(deck, key, diagnostics, complaint));
    }
  }
  if (Is(deck, "sei.block.microstructure", "random")) {
    PetscCall(CheckGrains(deck, diagnostics));
  }
  if (DeckIsUsed(deck, "sei.block.mixing")) {
    PetscCall(SeiSampledCheck(deck, diagnostics));
  } else if (!Is(deck, "sei.block.microstructure", "uniform") && PhaseTotal(deck) <= 0.0) {
    PetscCall(DeckError(deck, "sei.block.phases.li2s_fraction", diagnostics,
                        "all four fractions are zero: the SEI would be made of nothing"));
  }
  PetscFunctionReturn(0);
}
