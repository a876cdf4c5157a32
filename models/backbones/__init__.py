"""Networks that were taught on everyday photographs and see factory parts with the same eyes."""
