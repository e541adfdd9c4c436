/* profile_blob.S: the default profile, as dtc compiled it. */
.section .rodata
.balign 8
.globl profile_blob
profile_blob:
    .incbin PROFILE_BLOB_PATH
.globl profile_blob_end
profile_blob_end:

.section .note.GNU-stack, "", @progbits
