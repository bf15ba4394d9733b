/*
 * A shim between the engine and the C library, for tests only (LD_PRELOAD). Below one folder it records every change of
 * a file or a folder, every sync, and every byte that leaves by a socket, in one order; and it makes the disk full,
 * failing or read-only while a control file says so. It changes nothing else of what the process does.
 *
 *   HARK_SHIM_DIR    the folder, absolute
 *   HARK_SHIM_TRACE  file to which the record is appended; without it nothing is recorded
 *   HARK_SHIM_FAULT  file whose first byte says which fault is there now (the numbers are in enum fault)
 *
 * One lock is held over a change and its record, so the record's order is the order of the changes. A sync has two
 * records: what was changed before the first is durable from the second on. sync_file_range is no sync.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <pthread.h>
#include <stdarg.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/uio.h>
#include <unistd.h>

enum fault { NONE = 0, FULL = 1, WRITE_FAILS = 2, SYNC_FAILS = 3, READ_ONLY = 4 };
enum kind {
  CREATED = 1, TRUNCATED, WRITTEN, ZEROED, SYNC_BEGAN, SYNC_ENDED, RENAMED, UNLINKED, FOLDER_MADE, FOLDER_REMOVED, SENT,
};
/* Bytes of what is sent that are kept: the head of an answer is at its beginning. */
enum { SENT_BYTES = 4096, FILES = 4096 };

struct record {
  uint32_t kind, from_bytes, to_bytes, data_bytes;
  uint64_t inode, at, length;
};

static pthread_mutex_t lock = PTHREAD_MUTEX_INITIALIZER;
static char dir[PATH_MAX];
static size_t dir_bytes;
static int trace = -1;
static dev_t device;
static volatile const unsigned char *control;
static uint64_t files[FILES];
static size_t file_count;
static uint64_t syncs;

__attribute__((constructor)) static void begin(void) {
  const char *folder = getenv("HARK_SHIM_DIR"), *file = getenv("HARK_SHIM_TRACE"), *fault = getenv("HARK_SHIM_FAULT");
  struct stat info;
  if (!folder || stat(folder, &info) != 0) return;
  device = info.st_dev;
  dir_bytes = strlen(folder);
  memcpy(dir, folder, dir_bytes + 1);
  if (file) trace = (int)syscall(SYS_openat, AT_FDCWD, file, O_WRONLY | O_CREAT | O_APPEND | O_CLOEXEC, 0600);
  if (fault) {
    int fd = (int)syscall(SYS_openat, AT_FDCWD, fault, O_RDONLY | O_CLOEXEC);
    void *page = fd < 0 ? MAP_FAILED : mmap(NULL, 1, PROT_READ, MAP_SHARED, fd, 0);
    if (page != MAP_FAILED) control = page;
  }
}

static enum fault fault_now(void) { return control ? (enum fault)control[0] : NONE; }

static int fail(int code) { errno = code; return -1; }

/* Appends a record; the lock is held. A record that cannot be written would make the whole run worthless. */
static void put(struct record record, const char *from, const char *to, const void *data) {
  if (trace < 0) return;
  record.from_bytes = from ? (uint32_t)strlen(from) : 0;
  record.to_bytes = to ? (uint32_t)strlen(to) : 0;
  struct iovec parts[4] = {
    {&record, sizeof record}, {(void *)from, record.from_bytes}, {(void *)to, record.to_bytes},
    {(void *)data, record.data_bytes},
  };
  size_t bytes = sizeof record + record.from_bytes + record.to_bytes + record.data_bytes;
  int before = errno;
  if (syscall(SYS_writev, trace, parts, 4) != (long)bytes) abort();
  errno = before;
}

/* The absolute path of a name, when it lies in the folder. */
static int inside(int at, const char *name, char *out) {
  if (dir_bytes == 0) return 0;
  if (name[0] == '/') {
    snprintf(out, PATH_MAX, "%s", name);
  } else {
    char link[64], base[PATH_MAX];
    if (at == AT_FDCWD) snprintf(link, sizeof link, "/proc/self/cwd");
    else snprintf(link, sizeof link, "/proc/self/fd/%d", at);
    ssize_t bytes = readlink(link, base, sizeof base - 1);
    if (bytes < 0) return 0;
    base[bytes] = 0;
    if (snprintf(out, PATH_MAX, "%s/%s", base, name) >= PATH_MAX) return 0;
  }
  return strncmp(out, dir, dir_bytes) == 0 && (out[dir_bytes] == '/' || out[dir_bytes] == 0);
}

static int is_known(uint64_t inode) {
  for (size_t at = 0; at < file_count; at++)
    if (files[at] == inode) return 1;
  return 0;
}

static void learn(uint64_t inode) {
  if (is_known(inode)) return;
  if (file_count == FILES) abort();
  files[file_count++] = inode;
}

/* A file of the folder behind a descriptor; the lock is held. */
static int ours(int fd, struct stat *info) {
  return dir_bytes != 0 && fstat(fd, info) == 0 && info->st_dev == device && is_known(info->st_ino);
}

static int open_it(int at, const char *name, int flags, mode_t mode) {
  char path[PATH_MAX];
  if (!inside(at, name, path)) return (int)syscall(SYS_openat, at, name, flags, mode);
  pthread_mutex_lock(&lock);
  struct stat info;
  int is_new = (flags & O_CREAT) && fstatat(AT_FDCWD, path, &info, 0) != 0;
  int writes = (flags & O_ACCMODE) != O_RDONLY || is_new;
  int fd = -1;
  if (is_new && fault_now() == FULL) errno = ENOSPC;
  else if (writes && fault_now() == READ_ONLY) errno = EROFS;
  else fd = (int)syscall(SYS_openat, at, name, flags, mode);
  if (fd >= 0 && fstat(fd, &info) == 0) {
    learn(info.st_ino);
    if (is_new) put((struct record){.kind = CREATED, .inode = info.st_ino}, path, NULL, NULL);
    else if (flags & O_TRUNC) put((struct record){.kind = TRUNCATED, .inode = info.st_ino}, NULL, NULL, NULL);
  }
  int error = errno;
  pthread_mutex_unlock(&lock);
  errno = error;
  return fd;
}

#define MODE_OF(flags) \
  mode_t mode = 0; \
  if ((flags) & (O_CREAT | __O_TMPFILE)) { va_list rest; va_start(rest, flags); mode = va_arg(rest, mode_t); va_end(rest); }

int open(const char *path, int flags, ...) { MODE_OF(flags) return open_it(AT_FDCWD, path, flags, mode); }
int open64(const char *path, int flags, ...) { MODE_OF(flags) return open_it(AT_FDCWD, path, flags, mode); }
int openat(int at, const char *path, int flags, ...) { MODE_OF(flags) return open_it(at, path, flags, mode); }
int openat64(int at, const char *path, int flags, ...) { MODE_OF(flags) return open_it(at, path, flags, mode); }
int creat(const char *path, mode_t mode) { return open_it(AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC, mode); }
int creat64(const char *path, mode_t mode) { return open_it(AT_FDCWD, path, O_CREAT | O_WRONLY | O_TRUNC, mode); }

static int are_zeroes(const struct iovec *parts, int count) {
  for (int part = 0; part < count; part++) {
    const unsigned char *bytes = parts[part].iov_base;
    for (size_t at = 0; at < parts[part].iov_len; at++)
      if (bytes[at]) return 0;
  }
  return 1;
}

/* Records what a write to a file has done: `done` bytes at `at`. */
static void put_write(uint64_t inode, const struct iovec *parts, int count, off_t at, size_t done) {
  int zeroes = are_zeroes(parts, count);
  if (zeroes) {
    put((struct record){.kind = ZEROED, .inode = inode, .at = (uint64_t)at, .length = done}, NULL, NULL, NULL);
    return;
  }
  for (int part = 0; part < count && done > 0; part++) {
    size_t bytes = parts[part].iov_len < done ? parts[part].iov_len : done;
    struct record record = {.kind = WRITTEN, .inode = inode, .at = (uint64_t)at, .length = bytes};
    record.data_bytes = (uint32_t)bytes;
    put(record, NULL, NULL, parts[part].iov_base);
    at += (off_t)bytes;
    done -= bytes;
  }
}

/* A write to one of our files: `at` is the place, or -1 for where the descriptor stands. */
static ssize_t write_file(int fd, const struct stat *info, const struct iovec *parts, int count, off_t at) {
  size_t wanted = 0;
  for (int part = 0; part < count; part++) wanted += parts[part].iov_len;
  int appends = (fcntl(fd, F_GETFL) & O_APPEND) != 0;
  off_t begin = appends ? info->st_size : at >= 0 ? at : lseek(fd, 0, SEEK_CUR);
  switch (fault_now()) {
  case WRITE_FAILS: return fail(EIO);
  case READ_ONLY: return fail(EROFS);
  case FULL: if (begin + (off_t)wanted > info->st_size) return fail(ENOSPC); break;
  default: break;
  }
  ssize_t done = at >= 0 ? syscall(SYS_pwritev, fd, parts, count, at, 0) : syscall(SYS_writev, fd, parts, count);
  if (done > 0) put_write(info->st_ino, parts, count, begin, (size_t)done);
  return done;
}

/* Records what is about to leave by a socket. */
static void put_sent(const struct iovec *parts, int count) {
  char bytes[SENT_BYTES];
  size_t kept = 0;
  for (int part = 0; part < count && kept < SENT_BYTES; part++) {
    size_t some = parts[part].iov_len < SENT_BYTES - kept ? parts[part].iov_len : SENT_BYTES - kept;
    memcpy(bytes + kept, parts[part].iov_base, some);
    kept += some;
  }
  put((struct record){.kind = SENT, .data_bytes = (uint32_t)kept}, NULL, NULL, bytes);
}

static ssize_t write_any(int fd, const struct iovec *parts, int count, off_t at) {
  struct stat info;
  ssize_t done;
  pthread_mutex_lock(&lock);
  if (ours(fd, &info)) {
    done = write_file(fd, &info, parts, count, at);
    int error = errno;
    pthread_mutex_unlock(&lock);
    errno = error;
    return done;
  }
  if (trace >= 0 && fstat(fd, &info) == 0 && S_ISSOCK(info.st_mode)) put_sent(parts, count);
  pthread_mutex_unlock(&lock);
  return at >= 0 ? syscall(SYS_pwritev, fd, parts, count, at, 0) : syscall(SYS_writev, fd, parts, count);
}

ssize_t write(int fd, const void *data, size_t bytes) {
  struct iovec part = {(void *)data, bytes};
  return write_any(fd, &part, 1, -1);
}
ssize_t pwrite(int fd, const void *data, size_t bytes, off_t at) {
  struct iovec part = {(void *)data, bytes};
  return write_any(fd, &part, 1, at);
}
ssize_t pwrite64(int fd, const void *data, size_t bytes, off64_t at) { return pwrite(fd, data, bytes, at); }
ssize_t writev(int fd, const struct iovec *parts, int count) { return write_any(fd, parts, count, -1); }
ssize_t pwritev(int fd, const struct iovec *parts, int count, off_t at) { return write_any(fd, parts, count, at); }
ssize_t pwritev64(int fd, const struct iovec *parts, int count, off64_t at) { return write_any(fd, parts, count, at); }

static void sending(const struct iovec *parts, int count) {
  if (trace < 0) return;
  pthread_mutex_lock(&lock);
  put_sent(parts, count);
  pthread_mutex_unlock(&lock);
}
ssize_t sendto(int fd, const void *data, size_t bytes, int flags, const struct sockaddr *to, socklen_t to_bytes) {
  struct iovec part = {(void *)data, bytes};
  sending(&part, 1);
  return syscall(SYS_sendto, fd, data, bytes, flags, to, to_bytes);
}
ssize_t send(int fd, const void *data, size_t bytes, int flags) { return sendto(fd, data, bytes, flags, NULL, 0); }
ssize_t sendmsg(int fd, const struct msghdr *message, int flags) {
  sending(message->msg_iov, (int)message->msg_iovlen);
  return syscall(SYS_sendmsg, fd, message, flags);
}

static int truncate_it(int fd, off_t length) {
  struct stat info;
  pthread_mutex_lock(&lock);
  int is_ours = ours(fd, &info), done = -1;
  if (is_ours && fault_now() == READ_ONLY) errno = EROFS;
  else done = (int)syscall(SYS_ftruncate, fd, length);
  if (done == 0 && is_ours && info.st_size != length)
    put((struct record){.kind = TRUNCATED, .inode = info.st_ino, .length = (uint64_t)length}, NULL, NULL, NULL);
  int error = errno;
  pthread_mutex_unlock(&lock);
  errno = error;
  return done;
}
int ftruncate(int fd, off_t length) { return truncate_it(fd, length); }
int ftruncate64(int fd, off64_t length) { return truncate_it(fd, length); }
/* The engine reserves no room this way; one that did would be recorded wrongly, so it is told that it cannot. */
int fallocate(int fd, int mode, off_t at, off_t length) {
  struct stat info;
  pthread_mutex_lock(&lock);
  int is_ours = ours(fd, &info);
  pthread_mutex_unlock(&lock);
  return is_ours ? fail(EOPNOTSUPP) : (int)syscall(SYS_fallocate, fd, mode, at, length);
}
int fallocate64(int fd, int mode, off64_t at, off64_t length) { return fallocate(fd, mode, at, length); }

static int sync_it(int fd, long number) {
  struct stat info;
  pthread_mutex_lock(&lock);
  int is_ours = ours(fd, &info) || (dir_bytes && fstat(fd, &info) == 0 && S_ISDIR(info.st_mode));
  int fails = is_ours && fault_now() == SYNC_FAILS;
  uint64_t token = ++syncs;
  if (is_ours && !fails) put((struct record){.kind = SYNC_BEGAN, .inode = info.st_ino, .at = token}, NULL, NULL, NULL);
  pthread_mutex_unlock(&lock);
  if (fails) return fail(EIO);
  int done = (int)syscall(number, fd);
  if (is_ours && done == 0) {
    pthread_mutex_lock(&lock);
    put((struct record){.kind = SYNC_ENDED, .inode = info.st_ino, .at = token}, NULL, NULL, NULL);
    pthread_mutex_unlock(&lock);
  }
  return done;
}
int fsync(int fd) { return sync_it(fd, SYS_fsync); }
int fdatasync(int fd) { return sync_it(fd, SYS_fdatasync); }
/* A mapped file of the folder could be written without a record: none may be. */
void *mmap64(void *where, size_t bytes, int protection, int flags, int fd, off64_t at) {
  struct stat info;
  if (fd >= 0 && (flags & MAP_SHARED) && (protection & PROT_WRITE)) {
    pthread_mutex_lock(&lock);
    if (ours(fd, &info)) abort();
    pthread_mutex_unlock(&lock);
  }
  return (void *)syscall(SYS_mmap, where, bytes, protection, flags, fd, at);
}

/* A change of names: what it does, under the lock, with its record. */
static int change(struct record record, int at, const char *from, int to_at, const char *to, int flags, mode_t mode) {
  char from_path[PATH_MAX], to_path[PATH_MAX];
  int is_ours = inside(at, from, from_path);
  int has_to = to && inside(to_at, to, to_path);
  pthread_mutex_lock(&lock);
  int done = -1;
  struct stat there;
  int makes = record.kind == FOLDER_MADE && !(is_ours && stat(from_path, &there) == 0);
  if (is_ours && fault_now() == READ_ONLY) errno = EROFS;
  else if (is_ours && makes && fault_now() == FULL) errno = ENOSPC;
  else if (record.kind == RENAMED) done = (int)syscall(SYS_renameat2, at, from, to_at, to, flags);
  else if (record.kind == FOLDER_MADE) done = (int)syscall(SYS_mkdirat, at, from, mode);
  else done = (int)syscall(SYS_unlinkat, at, from, flags);
  int error = errno;
  if (done == 0 && is_ours) {
    struct stat info;
    if (record.kind == FOLDER_MADE && stat(from_path, &info) == 0) record.inode = info.st_ino;
    put(record, from_path, has_to ? to_path : NULL, NULL);
  }
  pthread_mutex_unlock(&lock);
  errno = error;
  return done;
}
int renameat2(int at, const char *from, int to_at, const char *to, unsigned flags) {
  return change((struct record){.kind = RENAMED}, at, from, to_at, to, (int)flags, 0);
}
int renameat(int at, const char *from, int to_at, const char *to) { return renameat2(at, from, to_at, to, 0); }
int rename(const char *from, const char *to) { return renameat2(AT_FDCWD, from, AT_FDCWD, to, 0); }
int unlinkat(int at, const char *path, int flags) {
  enum kind kind = flags & AT_REMOVEDIR ? FOLDER_REMOVED : UNLINKED;
  return change((struct record){.kind = kind}, at, path, 0, NULL, flags, 0);
}
int unlink(const char *path) { return unlinkat(AT_FDCWD, path, 0); }
int rmdir(const char *path) { return unlinkat(AT_FDCWD, path, AT_REMOVEDIR); }
int mkdirat(int at, const char *path, mode_t mode) {
  return change((struct record){.kind = FOLDER_MADE}, at, path, 0, NULL, 0, mode);
}
int mkdir(const char *path, mode_t mode) { return mkdirat(AT_FDCWD, path, mode); }
