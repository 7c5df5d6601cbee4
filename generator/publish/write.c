/* Writing into the tree that is being made. It may hold hard links to published
 * files, so nothing in it is opened for writing: what stands at a path is
 * unlinked and the file made anew. */

#include "publish/parts.h"
#include <errno.h>
#include <fcntl.h>
#include <sys/stat.h>
#include <unistd.h>

/* Old and new sites may disagree about what is a folder. Whatever stands at `path` or where one of its folders has to
 * be goes: this tree is not published, and what is to stay will be linked again. */
static bool clear_way(int folder, const char *path)
{
    char part[PATH_BYTES_MOST + 1];
    for (size_t i = 0; path[i]; i++) {
        struct stat status;
        const char *name;
        if (path[i] != '/' || i >= sizeof part)
            continue;
        memcpy(part, path, i);
        part[i] = 0;
        int parent = file_open_parent(folder, part, &name);
        if (parent < 0)
            return errno == ENOENT;
        bool is_blocked = fstatat(parent, name, &status, AT_SYMLINK_NOFOLLOW) == 0 && !S_ISDIR(status.st_mode);
        bool ok = !is_blocked || unlinkat(parent, name, 0) == 0;
        file_close(parent);
        if (!ok || is_blocked)
            return ok;
    }
    const char *name;
    int parent = file_open_parent(folder, path, &name);
    bool ok = parent < 0 ? errno == ENOENT : file_remove_tree(parent, name);
    file_close(parent);
    return ok;
}

static int create(int folder, const char *path)
{
    const int flags = O_WRONLY | O_CREAT | O_EXCL;
    int file = file_open_beneath(folder, path, flags, FILE_MODE);
    for (int attempt = 0; file < 0 && attempt < 3; attempt++) {
        bool is_cleared = errno == ENOENT                                         ? file_make_parents(folder, path)
                          : errno == EEXIST || errno == ENOTDIR || errno == ELOOP ? clear_way(folder, path)
                                                                                  : false;
        if (!is_cleared && errno != ENOTDIR && errno != ELOOP)
            return -1;
        file = file_open_beneath(folder, path, flags, FILE_MODE);
    }
    return file;
}

bool publish_write(struct publish_tree tree, const char *path, struct slice bytes, const struct publish_made *known,
                   struct publish_made *made)
{
    *made = (struct publish_made){.size = bytes.length, .hash = sha256_of(bytes)};
    if (known && known->size == made->size && memcmp(&known->hash, &made->hash, sizeof made->hash) == 0)
        return true;
    if (tree.folder < 0) {
        errno = tree.reason;
        return false;
    }
    int file = create(tree.folder, path);
    if (file < 0)
        return false;
    bool ok = file_write(file, bytes);
    int reason = errno;
    if (!file_close(file) && ok) {
        reason = errno;
        ok = false;
    }
    if (!ok)
        file_unlink_beneath(tree.folder, path);
    errno = reason;
    made->is_written = ok;
    return ok;
}
