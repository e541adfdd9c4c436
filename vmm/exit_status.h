/*
 * exit_status.h: exit statuses of the monitor itself, as env(1) and timeout(1)
 * use them. Layer 0.
 */
#ifndef VMM_EXIT_STATUS_H
#define VMM_EXIT_STATUS_H

#define EXIT_MONITOR    125
#define EXIT_CANNOT_RUN 126
#define EXIT_NOT_FOUND  127

#endif
