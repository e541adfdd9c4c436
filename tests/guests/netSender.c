/* netSender.c: writes a request; fails if its buffer is not as it was. */
#include <string.h>
#include <unistd.h>

int main(void)
{
    static const char text[] =
        "GET /index.html?a=long&query=1 HTTP/1.0\r\n\r\n";
    char request[sizeof(text)];

    memcpy(request, text, sizeof(text));
    if (write(1, request, sizeof(text) - 1) < 0)
        return 1;
    return memcmp(request, text, sizeof(text)) != 0;
}
