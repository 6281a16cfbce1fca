/*
 * base: what every room stands on. This header only gathers the parts.
 */
#ifndef YJ_BASE_H
#define YJ_BASE_H

#include "arena.h"
#include "buf.h"
#include "embedded.h"
#include "err.h"
#include "file.h"
#include "finding.h"
#include "map.h"
#include "progress.h"
#include "text.h"
#include "thread.h"

#endif
