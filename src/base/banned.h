/* banned.h - the functions that no file of merlon may call, poisoned for the compiler.
 *
 * Idea: Meson puts this header before each source file of the program. It includes the system
 * headers that declare the functions, then poisons the names: from here on a use is an error, where
 * it is written and not when a reviewer notices. tools/check_style.py looks for the same names, and
 * for malloc and free outside src/base, which base itself needs. For each the way that we take:
 *
 *   strcpy strcat strncpy strncat strtok   struct mrl_str, struct mrl_buf: lengths, not NULs
 *   sprintf vsprintf                       snprintf into a sized array, mrl_buf_printf
 *   scanf family, atoi, strtol family      mrl_num_parse, struct mrl_rd: errors are seen
 *   gmtime localtime ctime asctime         civil.h, zones of formats/tzif: no hidden state
 *   mktemp tmpnam tempnam                  mrl_file_replace: no name is guessed before it is made
 *   system popen                           worker.h: no shell
 *   gets                                   never bounded
 */
#ifndef MRL_BASE_BANNED_H
#define MRL_BASE_BANNED_H

#include <inttypes.h>
#include <math.h>
#include <pthread.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>
#include <wchar.h>

#pragma GCC poison strcpy strcat strncpy strncat stpcpy strtok strtok_r
#pragma GCC poison sprintf vsprintf gets
#pragma GCC poison scanf fscanf sscanf vscanf vfscanf vsscanf
#pragma GCC poison atoi atol atoll atof strtol strtoul strtoll strtoull
#pragma GCC poison gmtime localtime ctime asctime
#pragma GCC poison mktemp tmpnam tempnam tmpfile
#pragma GCC poison system popen

#endif
