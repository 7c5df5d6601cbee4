#ifndef WAYMARK_BASE_FILE_H
#define WAYMARK_BASE_FILE_H

/* Files and folders by system call, with the cares that are the same
 * everywhere: EINTR and short transfers are repeated, every descriptor is
 * close-on-exec, the error of close() counts, no symbolic link is followed
 * below the folder that a caller names.
 *
 * Functions that return bool leave the reason in errno when they return false.
 * `folder` is a descriptor of a folder, or AT_FDCWD. Paths are NUL-terminated. */

#include "base/buffer.h"
#include "base/slice.h"
#include <stdint.h>
#include <sys/types.h>

enum { FILE_MODE = 0644, FOLDER_MODE = 0755 };

/* Writes all of `bytes`. */
bool file_write(int descriptor, struct slice bytes);
bool file_write_at(int descriptor, struct slice bytes, uint64_t offset);
/* Appends the whole file to `out`; EFBIG when it does not fit. */
bool file_read(int folder, const char *path, struct buffer *out);
/* Reads what an open descriptor still has to give. */
bool file_read_rest(int descriptor, struct buffer *out);
/* close() that reports an error and is not repeated after EINTR (Linux has
 * closed it). Does nothing with a negative descriptor. */
bool file_close(int descriptor);

/* openat() that stays below `folder`: no part of `path` may be a symbolic link,
 * `..` or absolute (openat2 with RESOLVE_BENEATH and RESOLVE_NO_SYMLINKS; a
 * walk with O_NOFOLLOW where the kernel lacks it). -1 and errno on failure. */
int file_open_beneath(int folder, const char *path, int flags, mode_t mode);

/* Opens the folder that holds the last part of `path` (O_PATH), beneath `folder`;
 * `*name` is that part. For the calls that have no form with RESOLVE_BENEATH. */
int file_open_parent(int folder, const char *path, const char **name);
/* unlinkat() beneath `folder`; an absent path is success, also where a part of it is a file. */
bool file_unlink_beneath(int folder, const char *path);

/* Opens a folder beneath `folder`, making it and its parents when absent. */
int file_open_folder(int folder, const char *path);
/* Makes a folder and its parents, wherever the path leads (`mkdir -p`). */
bool file_make_folders(const char *path);
/* Makes the folders that lead to `path` (not `path` itself), beneath `folder`. */
bool file_make_parents(int folder, const char *path);

/* Replaces or makes `path` in one step: temporary file beside it, optional
 * fsync, rename. Readers see the old bytes or the new. The temporary file is
 * removed when anything fails. */
bool file_replace(int folder, const char *path, struct slice bytes, bool sync);

/* Calls `each` for every entry but "." and "..", sorted by bytes. `type` is a
 * DT_ value, never DT_UNKNOWN. Stops and returns false when `each` does, with
 * errno 0, or when the folder cannot be read. */
bool folder_list(int folder, const char *path, bool (*each)(void *context, const char *name, unsigned char type),
                 void *context);

/* What distinguishes one start of the machine from the next: NUL-terminated and
 * padded with NUL; empty where there is no such thing. After a power cut only what
 * was synced under the former one is certain. */
enum { BOOT_ID_BYTES = 40 };
void machine_boot_id(char out[BOOT_ID_BYTES]);

/* Removes `path` and all below it without following a link. An absent path is
 * success. */
bool file_remove_tree(int folder, const char *path);
/* The same, but stops after `*most` files and folders, which it counts down: false
 * with errno E2BIG. */
bool file_remove_some(int folder, const char *path, size_t *most);

#endif
