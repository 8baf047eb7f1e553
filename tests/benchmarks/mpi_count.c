/* Counts what a program says to MPI, libraries included: loaded before it (LD_PRELOAD), it adds one line per process to
   the file named by MPI_COUNT_FILE when MPI ends: rank, messages, bytes, reductions (all collectives). Messages are
   counted where they are sent. */
#include <mpi.h>
#include <stdio.h>
#include <stdlib.h>

static double messages, bytes, collectives;

enum { REQUESTS = 65536 };
static struct {
  MPI_Request request;
  double size;
} persistent[REQUESTS]; /* sends that are started again and again */
static int persistent_count;

static double Size(int count, MPI_Datatype type) {
  int size = 0;
  PMPI_Type_size(type, &size);
  return (double)count * (double)size;
}

static void Count(double size) {
  messages += 1.0;
  bytes += size;
}

static void CountStart(MPI_Request request) {
  for (int k = persistent_count - 1; k >= 0; k--) {
    if (persistent[k].request == request) {
      Count(persistent[k].size);
      return;
    }
  }
}

int MPI_Send(const void *buffer, int count, MPI_Datatype type, int to, int tag, MPI_Comm comm) {
  Count(Size(count, type));
  return PMPI_Send(buffer, count, type, to, tag, comm);
}

int MPI_Isend(const void *buffer, int count, MPI_Datatype type, int to, int tag, MPI_Comm comm, MPI_Request *request) {
  Count(Size(count, type));
  return PMPI_Isend(buffer, count, type, to, tag, comm, request);
}

int MPI_Sendrecv(const void *out, int out_count, MPI_Datatype out_type, int to, int out_tag, void *in, int in_count,
                 MPI_Datatype in_type, int from, int in_tag, MPI_Comm comm, MPI_Status *status) {
  if (to != MPI_PROC_NULL) {
    Count(Size(out_count, out_type));
  }
  return PMPI_Sendrecv(out, out_count, out_type, to, out_tag, in, in_count, in_type, from, in_tag, comm, status);
}

int MPI_Send_init(const void *buffer, int count, MPI_Datatype type, int to, int tag, MPI_Comm comm,
                  MPI_Request *request) {
  const int result = PMPI_Send_init(buffer, count, type, to, tag, comm, request);
  if (persistent_count < REQUESTS) {
    persistent[persistent_count].request = *request;
    persistent[persistent_count++].size = Size(count, type);
  }
  return result;
}

int MPI_Start(MPI_Request *request) {
  CountStart(*request);
  return PMPI_Start(request);
}

int MPI_Startall(int count, MPI_Request requests[]) {
  for (int k = 0; k < count; k++) {
    CountStart(requests[k]);
  }
  return PMPI_Startall(count, requests);
}

int MPI_Allreduce(const void *in, void *out, int count, MPI_Datatype type, MPI_Op op, MPI_Comm comm) {
  collectives += 1.0;
  return PMPI_Allreduce(in, out, count, type, op, comm);
}

int MPI_Bcast(void *buffer, int count, MPI_Datatype type, int root, MPI_Comm comm) {
  collectives += 1.0;
  return PMPI_Bcast(buffer, count, type, root, comm);
}

int MPI_Allgather(const void *in, int in_count, MPI_Datatype in_type, void *out, int out_count, MPI_Datatype out_type,
                  MPI_Comm comm) {
  collectives += 1.0;
  return PMPI_Allgather(in, in_count, in_type, out, out_count, out_type, comm);
}

int MPI_Allgatherv(const void *in, int in_count, MPI_Datatype in_type, void *out, const int counts[],
                   const int starts[], MPI_Datatype out_type, MPI_Comm comm) {
  collectives += 1.0;
  return PMPI_Allgatherv(in, in_count, in_type, out, counts, starts, out_type, comm);
}

int MPI_Finalize(void) {
  const char *path = getenv("MPI_COUNT_FILE");
  FILE *file = path ? fopen(path, "a") : NULL;
  int rank = 0;

  PMPI_Comm_rank(MPI_COMM_WORLD, &rank);
  if (file) {
    (void)fprintf(file, "%d %.0f %.0f %.0f\n", rank, messages, bytes, collectives);
    (void)fclose(file);
  }
  return PMPI_Finalize();
}
