/* Behind an exported model: reads cells (see the script c) and prints a line of predictions for each row, and the time to stderr. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

static char *next_cell(char **at) {
  char *cell = *at;
  *at += strlen(cell) + 1;
  return cell;
}

static double number_of(int column, const char *cell) {
  char *end;
  double value = strtod(cell, &end);
#ifdef MOE_LEVELS
  if (moe_levels(column) > 0) return moe_level(column, cell);
#endif
  (void)column;
  return cell[0] == 0 || *end != 0 ? NAN : value; /* "NA" */
}

static int begun = 0; /* a line */

static void print(double value) {
  if (begun) printf(",");
  begun = 1;
  if (value != value)
    printf("nan");
  else
    printf("%.17g", value);
}

/* A line of the output. */
static void print_prediction(const moe_prediction *p) {
  int i, k, t;
#ifdef MOE_CLASSES
  printf("\"");
  for (i = 0; moe_labels[p->label][i]; ++i)
    printf(moe_labels[p->label][i] == '"' ? "\"\"" : "%.1s", moe_labels[p->label] + i);
  printf("\"");
  begun = 1;
  for (i = 0; i < MOE_CLASSES; ++i) print(p->proba[i]);
  for (k = 0; k < MOE_EXPERTS; ++k) print(p->gate[k]);
  for (k = 0; k < MOE_EXPERTS; ++k) print(p->expert_means[k]);
#elif defined MOE_TARGETS
  for (t = 0; t < MOE_TARGETS; ++t) print(p->mean[t]);
#ifdef MOE_DENSITY
  for (t = 0; t < MOE_TARGETS; ++t) print(p->sd[t]);
#endif
  for (k = 0; k < MOE_EXPERTS; ++k) print(p->gate[k]);
  for (t = 0; t < MOE_TARGETS; ++t)
    for (k = 0; k < MOE_EXPERTS; ++k) print(p->expert_means[t][k]);
#else
  print(p->mean);
#ifdef MOE_DENSITY
  print(p->sd);
#endif
  for (k = 0; k < MOE_EXPERTS; ++k) print(p->gate[k]);
  for (k = 0; k < MOE_EXPERTS; ++k) print(p->expert_means[k]);
#endif
  (void)i;
  (void)t;
  printf("\n");
  begun = 0;
}

int main(int count, char **arguments) {
  FILE *file = fopen(arguments[count - 1], "rb");
  long size, n, rows;
  int columns, i, j, place[MOE_COLUMNS + 1];
  char *text, *at;
  double *x;
  moe_prediction *p;
  clock_t start;
  fseek(file, 0, SEEK_END);
  size = ftell(file);
  rewind(file);
  text = (char *)malloc((size_t)size + 1);
  if (fread(text, 1, (size_t)size, file) != (size_t)size) return 1;
  text[size] = 0;
  sscanf(text, "%d %ld", &columns, &rows);
  at = strchr(text, '\n') + 1;
  for (j = 0; j < MOE_COLUMNS; ++j) place[j] = -1;
  for (i = 0; i < columns; ++i) {
    char *name = next_cell(&at);
    for (j = 0; j < MOE_COLUMNS; ++j)
      if (strcmp(name, moe_columns[j]) == 0) place[j] = i;
  }
  x = (double *)calloc((size_t)rows, sizeof(double) * (MOE_COLUMNS + 1));
  p = (moe_prediction *)calloc((size_t)rows, sizeof *p);
  for (n = 0; n < rows; ++n)
    for (i = 0; i < columns; ++i) {
      char *cell = next_cell(&at);
      for (j = 0; j < MOE_COLUMNS; ++j)
        if (place[j] == i) x[n * MOE_COLUMNS + j] = number_of(j, cell);
    }
  start = clock();
#ifdef MOE_ROWS
  moe_predict_rows(x, rows, p);
#else
  for (n = 0; n < rows; ++n) moe_predict(x + n * MOE_COLUMNS, p + n);
#endif
  fprintf(stderr, "%ld %g\n", rows, (double)(clock() - start) / CLOCKS_PER_SEC + 1e-9);
  for (n = 0; n < rows; ++n) print_prediction(p + n);
  return 0;
}
