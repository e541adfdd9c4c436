# mkshim.cmake: make shim.bin out of the linked shim: a device tree that
# describes the image (vmm/shim.h has the form), then the image.
#   cmake -D ELF= -D OUT= -D NM= -D OBJCOPY= -D DTC= -P mkshim.cmake
execute_process(COMMAND ${OBJCOPY} -O binary -j .text ${ELF} ${OUT}.image
    COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ${NM} ${ELF} OUTPUT_VARIABLE symbols
    COMMAND_ERROR_IS_FATAL ANY)
file(SIZE ${OUT}.image image_size)

function(offset_of symbol result)
    if(NOT symbols MATCHES "([0-9a-f]+) [tT] ${symbol}\n")
        message(FATAL_ERROR "${symbol} is not in ${ELF}")
    endif()
    set(${result} "0x${CMAKE_MATCH_1}" PARENT_SCOPE)
endfunction()

file(STRINGS ${ABI} version_line REGEX "define SHIM_ABI_VERSION ")
string(REGEX REPLACE ".*SHIM_ABI_VERSION ([0-9]+).*" "\\1" version
    "${version_line}")
file(STRINGS ${ABI} vectors_line REGEX "define SHIM_VECTORS ")
string(REGEX REPLACE ".*SHIM_VECTORS ([0-9]+).*" "\\1" vectors
    "${vectors_line}")

set(entries "")
foreach(name syscall_cpl0 syscall_cpl3 syscall_answering answer answer_undo
        set set_undo brk brk_undo seek seek_undo pid pid_undo tid tid_undo
        forward syscall_compat probe probe_syscall bench traps)
    offset_of(shim_${name} offset)
    string(REPLACE "_" "-" property ${name})
    string(APPEND entries "        ${property} = <${offset}>;\n")
endforeach()
offset_of(shim_traps_end traps_end)
offset_of(shim_traps traps)
math(EXPR stride "(${traps_end} - ${traps} + ${vectors} - 1) / ${vectors}")
string(APPEND entries "        trap-stride = <${stride}>;\n")

# The tree is compiled with room for itself up to a page: the image follows.
set(image_offset 4096)
file(WRITE ${OUT}.dts "/dts-v1/;
/ {
    compatible = \"microvm-hook,shim\";
    abi-version = <${version}>;
    image-offset = <${image_offset}>;
    image-size = <${image_size}>;
    entries {
${entries}    };
};
")
execute_process(COMMAND ${DTC} -q -I dts -O dtb -S ${image_offset}
    -o ${OUT}.dtb ${OUT}.dts COMMAND_ERROR_IS_FATAL ANY)
execute_process(COMMAND ${CMAKE_COMMAND} -E cat ${OUT}.dtb ${OUT}.image
    OUTPUT_FILE ${OUT} COMMAND_ERROR_IS_FATAL ANY)
