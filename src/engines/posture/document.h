/* document.h - files that are judged without being Kubernetes objects: build workflows, lock files.
 *
 * Idea: a kind with a slash in it, which no Kubernetes kind has, decided by the file's path and the
 * shape of what it holds. Controls name the kind as they name any other; those that name none are
 * about Kubernetes objects, as they always were, and the inventory holds no document.
 *
 * Sources: GitHub's syntax of workflows and of action metadata; GitLab's CI/CD YAML reference.
 */
#ifndef MRL_POSTURE_DOCUMENT_H
#define MRL_POSTURE_DOCUMENT_H

#include "base/value.h"

/* The kind of a document by its path and shape; empty when it is none that controls judge. A file
 * that lies where workflows lie is one whatever it holds: a broken one is then unknown, and not
 * passed over. Borrows nothing. */
mrl_str mrl_document_kind(mrl_str path, mrl_val doc);
/* True when a file whose folder or name is hidden is one to read all the same. */
bool mrl_document_is_hidden(mrl_str path);
/* The part of a path that stays the same wherever the check is started: from .github on, or without
 * a leading "./". */
mrl_str mrl_document_path(mrl_str path);

#endif
