namespace DrOrchestrator.Verifier.Zip;

/// <summary>CRC-32 of ISO 3309 as ZIP uses it; four bytes at a step.</summary>
internal static class Checksum
{
    private static readonly uint[] Table = Fill();

    /// <summary>Continues <paramref name="crc"/>, 0 at the start.</summary>
    public static uint Crc32(uint crc, ReadOnlySpan<byte> bytes)
    {
        var table = Table;
        crc = ~crc;
        var i = 0;
        for (; i + 4 <= bytes.Length; i += 4)
        {
            var word = crc ^ (bytes[i] | ((uint)bytes[i + 1] << 8) | ((uint)bytes[i + 2] << 16) | ((uint)bytes[i + 3] << 24));
            crc = table[768 + (word & 255)] ^ table[512 + ((word >> 8) & 255)] ^ table[256 + ((word >> 16) & 255)] ^ table[word >> 24];
        }

        for (; i < bytes.Length; i++)
        {
            crc = table[(crc ^ bytes[i]) & 255] ^ (crc >> 8);
        }

        return ~crc;
    }

    private static uint[] Fill()
    {
        var table = new uint[1024];
        for (uint value = 0; value < 256; value++)
        {
            var crc = value;
            for (var bit = 0; bit < 8; bit++)
            {
                crc = (crc >> 1) ^ (0xEDB88320 & (0 - (crc & 1)));
            }

            table[value] = crc;
        }

        for (var i = 256; i < 1024; i++)
        {
            table[i] = (table[i - 256] >> 8) ^ table[table[i - 256] & 255];
        }

        return table;
    }
}
