#ifndef ARCHIVECTL_XML_SHIM_H
#define ARCHIVECTL_XML_SHIM_H

#include <dlfcn.h>
#include <stddef.h>

// libxml2 is loaded when a document is read that needs it: it brings ICU's 30 MB with it, which would cost every command.
// Only functions on opaque pointers are used, whose declarations have been the same since 2.6.20, so that one binary works
// with the libraries of all systems, 2.14 (libxml2.so.16) included.
struct shim_xml {
    void (*init_parser)(void);
    void *(*reader_for_memory)(const char *bytes, int count, const char *url, const char *encoding, int options);
    void *(*html_read_memory)(const char *bytes, int count, const char *url, const char *encoding, int options);
    void *(*reader_walker)(void *document);
    void (*free_doc)(void *document);
    void (*free_reader)(void *reader);
    int (*read)(void *reader);
    int (*node_type)(void *reader);
    int (*is_empty)(void *reader);
    int (*move_to_next_attribute)(void *reader);
    int (*move_to_element)(void *reader);
    const unsigned char *(*name)(void *reader);
    const unsigned char *(*local_name)(void *reader);
    const unsigned char *(*namespace_uri)(void *reader);
    const unsigned char *(*value)(void *reader);
};

// Loads libxml2 and finds the functions. Returns 0 if it is not installed, or lacks one.
static inline int shim_xml_load(struct shim_xml *xml) {
    void *library = dlopen("libxml2.so.2", RTLD_NOW | RTLD_LOCAL);
    if (!library) library = dlopen("libxml2.so.16", RTLD_NOW | RTLD_LOCAL);
    if (!library) return 0;
#define SHIM_FIND(field, symbol)                                                                                       \
    xml->field = (__typeof__(xml->field))dlsym(library, symbol);                                                       \
    if (!xml->field) return 0;
    SHIM_FIND(init_parser, "xmlInitParser")
    SHIM_FIND(reader_for_memory, "xmlReaderForMemory")
    SHIM_FIND(html_read_memory, "htmlReadMemory")
    SHIM_FIND(reader_walker, "xmlReaderWalker")
    SHIM_FIND(free_doc, "xmlFreeDoc")
    SHIM_FIND(free_reader, "xmlFreeTextReader")
    SHIM_FIND(read, "xmlTextReaderRead")
    SHIM_FIND(node_type, "xmlTextReaderNodeType")
    SHIM_FIND(is_empty, "xmlTextReaderIsEmptyElement")
    SHIM_FIND(move_to_next_attribute, "xmlTextReaderMoveToNextAttribute")
    SHIM_FIND(move_to_element, "xmlTextReaderMoveToElement")
    SHIM_FIND(name, "xmlTextReaderConstName")
    SHIM_FIND(local_name, "xmlTextReaderConstLocalName")
    SHIM_FIND(namespace_uri, "xmlTextReaderConstNamespaceUri")
    SHIM_FIND(value, "xmlTextReaderConstValue")
#undef SHIM_FIND
    xml->init_parser();
    return 1;
}

#endif
