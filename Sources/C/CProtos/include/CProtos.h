#pragma once
#include "Generated.h"

/* Descriptors of every message of Protos/, in the order of the files. */
const ProtobufCMessageDescriptor *const *penstock_messages(void);
size_t penstock_message_count(void);

/* google.protobuf.FileDescriptorSet of Protos/ with everything it imports. */
const uint8_t *penstock_descriptor_set(void);
size_t penstock_descriptor_set_size(void);
