#ifndef ARCHIVECTL_CURL_SHIM_H
#define ARCHIVECTL_CURL_SHIM_H

#include <curl/curl.h>
#include <dlfcn.h>
#include <stddef.h>

// libcurl is loaded when it is first used, not when the program starts: it brings some forty libraries with it, which
// would cost every command, most of which talk to no network, about 5 ms.
// SHIM_CALL(f, arguments) calls f out of the loaded library; f is known to be there once shim_load has succeeded.
#undef curl_easy_setopt
#undef curl_easy_getinfo
#define SHIM_CALL(function, ...) ((__typeof__(&function))shim_symbol(#function))(__VA_ARGS__)

static inline void *shim_symbol(const char *name) {
    // dlopen gives the same handle each time, and counts; the library stays loaded.
    static void *library;
    if (!library) library = dlopen("libcurl.so.4", RTLD_NOW | RTLD_LOCAL);
    return library ? dlsym(library, name) : NULL;
}

// Loads libcurl and initializes it. To be called once, before all else.
static inline CURLcode shim_load(void) {
    return shim_symbol("curl_global_init") ? SHIM_CALL(curl_global_init, CURL_GLOBAL_ALL) : CURLE_FAILED_INIT;
}

static inline CURL *shim_easy_init(void) { return SHIM_CALL(curl_easy_init); }
static inline void shim_easy_cleanup(CURL *handle) { SHIM_CALL(curl_easy_cleanup, handle); }
static inline void shim_easy_reset(CURL *handle) { SHIM_CALL(curl_easy_reset, handle); }
static inline CURLcode shim_easy_perform(CURL *handle) { return SHIM_CALL(curl_easy_perform, handle); }
static inline const char *shim_easy_strerror(CURLcode code) { return SHIM_CALL(curl_easy_strerror, code); }
static inline struct curl_slist *shim_slist_append(struct curl_slist *list, const char *line) {
    return SHIM_CALL(curl_slist_append, list, line);
}
static inline void shim_slist_free_all(struct curl_slist *list) { SHIM_CALL(curl_slist_free_all, list); }

// curl_easy_setopt and curl_easy_getinfo are variadic C functions, which Swift cannot call:
// one inline function for each type of argument that we pass.

static inline CURLcode shim_setopt_long(CURL *handle, CURLoption option, long value) {
    return SHIM_CALL(curl_easy_setopt, handle, option, value);
}

static inline CURLcode shim_setopt_off(CURL *handle, CURLoption option, curl_off_t value) {
    return SHIM_CALL(curl_easy_setopt, handle, option, value);
}

static inline CURLcode shim_setopt_string(CURL *handle, CURLoption option, const char *value) {
    return SHIM_CALL(curl_easy_setopt, handle, option, value);
}

static inline CURLcode shim_setopt_pointer(CURL *handle, CURLoption option, void *value) {
    return SHIM_CALL(curl_easy_setopt, handle, option, value);
}

static inline CURLcode shim_setopt_list(CURL *handle, CURLoption option, struct curl_slist *value) {
    return SHIM_CALL(curl_easy_setopt, handle, option, value);
}

typedef size_t (*shim_data_callback)(char *bytes, size_t size, size_t count, void *context);

static inline CURLcode shim_setopt_data_callback(CURL *handle, CURLoption option, shim_data_callback value) {
    return SHIM_CALL(curl_easy_setopt, handle, option, value);
}

typedef int (*shim_seek_callback)(void *context, curl_off_t offset, int origin);

static inline CURLcode shim_setopt_seek_callback(CURL *handle, CURLoption option, shim_seek_callback value) {
    return SHIM_CALL(curl_easy_setopt, handle, option, value);
}

typedef int (*shim_progress_callback)(void *context, curl_off_t, curl_off_t, curl_off_t, curl_off_t);

static inline CURLcode shim_setopt_progress_callback(CURL *handle, CURLoption option, shim_progress_callback value) {
    return SHIM_CALL(curl_easy_setopt, handle, option, value);
}

static inline CURLcode shim_getinfo_long(CURL *handle, CURLINFO info, long *value) {
    return SHIM_CALL(curl_easy_getinfo, handle, info, value);
}

static inline CURLcode shim_getinfo_off(CURL *handle, CURLINFO info, curl_off_t *value) {
    return SHIM_CALL(curl_easy_getinfo, handle, info, value);
}

#endif
