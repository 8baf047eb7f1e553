/* What the four solves say together: report.json, effective.yaml, the summary. */
#include "../../io/output/file_util.h"
#include "../../physics/constants.h"
#include "cell_run_private.h"
#include <math.h>
#include <stdlib.h>
#include <string.h>

static const char axes[] = "xyz";

PetscErrorCode CellReportNote(CellRun run, const char *section, const char *name, const char *suffix, double value) {
  char key[128];

  PetscFunctionBeginUser;
  (void)snprintf(key, sizeof key, "%s%s", name, suffix);
  PetscCall(ReportNoteReal(run->report, section, key, value));
  PetscFunctionReturn(0);
}

/* value, relative error, order, and the four numbers it comes from */
static PetscErrorCode NoteEstimate(CellRun run, const char *section, const char *name, const double values[CELL_SOLVES],
                                   BracketEstimate *estimate) {
  static const char *const suffixes[CELL_SOLVES] = {"_coarse_cells", "_coarse_nodes", "_fine_nodes", "_fine_cells"};
  char text[128];
  Bracket fine;

  PetscFunctionBeginUser;
  *estimate = CellEstimate(values, &fine);
  PetscCall(CellReportNote(run, section, name, "", estimate->value));
  PetscCall(CellReportNote(run, section, name, "_relative_error", estimate->error));
  PetscCall(CellReportNote(run, section, name, "_order", estimate->order));
  for (int s = CELL_SOLVES - 1; s >= 0; s--) {
    PetscCall(CellReportNote(run, section, name, suffixes[s], values[s]));
  }
  if (!estimate->converging) {
    (void)snprintf(text, sizeof text, "not_converging_%s", name);
    PetscCall(ReportNoteText(run->report, "warnings", text,
                             "the bracket of the two discretisations hardly closes from the coarse grid to the fine "
                             "one: the error is that of the bracket; take more cells"));
  }
  PetscFunctionReturn(0);
}

/* An entry off the diagonal may have any sign: the mean of the fine bracket, with the spread of the four. */
static PetscErrorCode NoteOffDiagonal(CellRun run, int a, int b) {
  const double fine = 0.5 * (run->tensor[2][a][b] + run->tensor[3][a][b]);
  double error = 0.0;
  char name[3] = {axes[a], axes[b], '\0'};

  PetscFunctionBeginUser;
  for (int s = 0; s < CELL_SOLVES; s++) {
    error = fmax(error, fabs(run->tensor[s][a][b] - fine));
  }
  PetscCall(CellReportNote(run, "effective_conductivity", name, "", fine));
  PetscCall(CellReportNote(run, "effective_conductivity", name, "_absolute_error", error));
  PetscFunctionReturn(0);
}

static PetscErrorCode NoteTensor(CellRun run, BracketEstimate diagonal[3]) {
  double values[CELL_SOLVES];

  PetscFunctionBeginUser;
  for (int a = 0; a < 3; a++) {
    char name[3] = {axes[a], axes[a], '\0'};
    diagonal[a].value = NAN;
    if (run->axis[a]) {
      for (int s = 0; s < CELL_SOLVES; s++) {
        values[s] = run->tensor[s][a][a];
      }
      PetscCall(NoteEstimate(run, "effective_conductivity", name, values, &diagonal[a]));
    }
  }
  for (int a = 0; a < 3; a++) {
    for (int b = a + 1; b < 3; b++) {
      if (run->axis[a] && run->axis[b]) {
        PetscCall(NoteOffDiagonal(run, a, b));
      }
    }
  }
  PetscFunctionReturn(0);
}

/* Wiener, for the volume fractions of the fine grid; Hashin and Shtrikman (doi:10.1063/1.1728579) for an isotropic
   material in three dimensions: (sum f/(s + 2 s*))^-1 - 2 s*, s* the least and the largest conductivity. */
static PetscErrorCode NoteBounds(CellRun run) {
  double series = 0.0, parallel = 0.0, extreme[2] = {INFINITY, 0.0}, hashin[2] = {0.0};
  const double *part = run->part[1], *sigma = run->structure.conductivity;

  PetscFunctionBeginUser;
  for (int k = 0; k < BOX_PHASES; k++) {
    if (part[k] > 0.0) {
      series += part[k] / sigma[k];
      parallel += part[k] * sigma[k];
      extreme[0] = fmin(extreme[0], sigma[k]);
      extreme[1] = fmax(extreme[1], sigma[k]);
    }
    PetscCall(CellReportNote(run, "volume_fractions", BoxPhaseNames[k], "", part[k]));
    PetscCall(CellReportNote(run, "volume_fractions", BoxPhaseNames[k], "_coarse", run->part[0][k]));
  }
  for (int e = 0; e < 2; e++) {
    for (int k = 0; k < BOX_PHASES; k++) {
      hashin[e] += part[k] / (sigma[k] + 2.0 * extreme[e]);
    }
    hashin[e] = 1.0 / hashin[e] - 2.0 * extreme[e];
  }
  PetscCall(ReportNoteReal(run->report, "bounds", "wiener_lower", 1.0 / series));
  PetscCall(ReportNoteReal(run->report, "bounds", "hashin_shtrikman_lower", hashin[0]));
  PetscCall(ReportNoteReal(run->report, "bounds", "hashin_shtrikman_upper", hashin[1]));
  PetscCall(ReportNoteReal(run->report, "bounds", "wiener_upper", parallel));
  PetscCall(ReportNoteText(run->report, "bounds", "meaning",
                           "Wiener: any arrangement of these fractions; Hashin-Shtrikman: isotropic ones only, which "
                           "layers and columns are not"));
  PetscFunctionReturn(0);
}

/* Currents, the law through the largest field, and how far the others are from it. */
static PetscErrorCode NoteLaw(CellRun run, const BracketEstimate *conductivity, BracketEstimate *half_jump) {
  double misfit = 0.0;

  PetscFunctionBeginUser;
  PetscCall(NoteEstimate(run, "effective_law", "half_jump_distance", run->half_jump, half_jump));
  for (int f = 0; f < run->field_count; f++) {
    double values[CELL_SOLVES], law;
    char name[64];
    BracketEstimate current;
    const double scale = GAS_CONSTANT * DeckReal(run->deck, "temperature") /
                         ((double)DeckInteger(run->deck, "cell.charge_number") * FARADAY_CONSTANT * half_jump->value);
    for (int s = 0; s < CELL_SOLVES; s++) {
      values[s] = run->current[s][f];
    }
    (void)snprintf(name, sizeof name, "current_density_%d", f + 1);
    PetscCall(CellReportNote(run, "effective_law", "field_", name + strlen("current_density_"), run->field[f]));
    PetscCall(NoteEstimate(run, "effective_law", name, values, &current));
    law = conductivity->value * scale * sinh(run->field[f] / scale);
    misfit = fmax(misfit, fabs(current.value / law - 1.0));
  }
  PetscCall(ReportNoteReal(run->report, "effective_law", "largest_misfit", misfit));
  PetscFunctionReturn(0);
}

static void PrintQuantity(FILE *stream, const char *key, const BracketEstimate *e, const double values[CELL_SOLVES],
                          double unit, const char *name) {
  Bracket fine;

  (void)CellEstimate(values, &fine);
  (void)fprintf(stream, "    %s:\n      value: %.6g %s\n", key, unit * e->value, name);
  if (e->error < 1.0) {
    (void)fprintf(stream, "      range: [%.6g %s, %.6g %s]\n", unit * e->value * (1.0 - e->error), name,
                  unit * e->value * (1.0 + e->error), name);
  }
  (void)fprintf(stream, "      source: lisei cell, two grids and two discretisations\n");
  (void)fprintf(stream, "      note: relative error %.2g; the finer grid alone gives %.6g to %.6g %s\n", e->error,
                unit * fmin(fine.lower, fine.upper), unit * fmax(fine.lower, fine.upper), name);
}

/* For `include:` in a deck of `lisei run`. */
static PetscErrorCode WriteLaw(CellRun run, const char *dir, const BracketEstimate *conductivity,
                               const BracketEstimate *half_jump) {
  char path[PETSC_MAX_PATH_LEN], *text = NULL;
  double values[CELL_SOLVES];
  size_t size = 0;
  FILE *stream = open_memstream(&text, &size);

  PetscFunctionBeginUser;
  PetscCheck(stream, PETSC_COMM_SELF, PETSC_ERR_MEM, "no memory for the effective law");
  for (int s = 0; s < CELL_SOLVES; s++) {
    values[s] = run->tensor[s][2][2];
  }
  (void)fprintf(
      stream,
      "# Effective law along z of a unit cell, for `include:` in a deck of `lisei run`: one material in place\n"
      "# of its phases. Thickness and temperature are not part of it; the cell had %.6g K.\n"
      "sei:\n  resolved: true\n  block:\n    microstructure: uniform\n",
      DeckReal(run->deck, "temperature"));
  PrintQuantity(stream, "conductivity", conductivity, values, 1.0, "S/m");
  if (run->field_count) {
    PrintQuantity(stream, "half_jump_distance", half_jump, run->half_jump, 1e9, "nm");
    (void)fprintf(stream, "    charge_number: %d\n", (int)DeckInteger(run->deck, "cell.charge_number"));
  }
  PetscCheck(!fclose(stream), PETSC_COMM_SELF, PETSC_ERR_MEM, "no memory for the effective law");
  (void)snprintf(path, sizeof path, "%s/effective.yaml", dir);
  PetscCall(FileWriteText(path, text, strlen(text)));
  free(text);
  PetscFunctionReturn(0);
}

PetscErrorCode CellReportResults(CellRun run, const char *dir) {
  BracketEstimate diagonal[3], half_jump = {.value = 0.0};

  PetscFunctionBeginUser;
  PetscCall(NoteTensor(run, diagonal));
  PetscCall(NoteBounds(run));
  if (run->axis[2]) {
    PetscCall(ReportNoteReal(run->report, "effective_law", "conductivity", diagonal[2].value));
    PetscCall(ReportNoteReal(run->report, "effective_law", "conductivity_relative_error", diagonal[2].error));
  }
  if (run->field_count) {
    PetscCall(NoteLaw(run, &diagonal[2], &half_jump));
  }
  PetscCall(ReportNoteReal(run->report, "current_density", "largest_over_mean", run->peak));
  PetscCall(ReportNoteText(run->report, "discretisation", "solver", run->solver));
  if (run->rank) {
    PetscFunctionReturn(0);
  }
  if (run->axis[2]) {
    PetscCall(WriteLaw(run, dir, &diagonal[2], &half_jump));
  }
  for (int a = 0; a < 3; a++) {
    if (run->axis[a]) {
      (void)fprintf(stderr, "effective conductivity along %c: %.6g S/cm, error %.2g %%%s\n", axes[a],
                    1e-2 * diagonal[a].value, 1e2 * diagonal[a].error,
                    diagonal[a].converging ? "" : " (not converging: take more cells)");
    }
  }
  if (run->field_count) {
    (void)fprintf(stderr, "effective half jump distance: %.4g nm, error %.2g %%\n", 1e9 * half_jump.value,
                  1e2 * half_jump.error);
  }
  (void)fprintf(stderr, "%" PetscInt_FMT " solves, %" PetscInt_FMT " linear iterations, %s\n", run->solves,
                run->linear_iterations, run->solver);
  PetscFunctionReturn(0);
}
