"""Networks that were trained on everyday photographs and see factory parts with the same eyes."""
