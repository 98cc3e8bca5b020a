namespace KernelFoundry.Measurement;

/// <summary>Memory that costs what memory costs.</summary>
internal static class TouchedMemory
{
    private const int Chunk = 1 << 20;

    /// <summary>Writes every byte: fresh pages are all one page of zeros, which any cache holds.</summary>
    public static void Touch(DeviceMemory memory)
    {
        // As floats these are small normal numbers: subnormal ones would slow some processors down.
        byte[] bytes = new byte[Chunk];
        Array.Fill(bytes, (byte)0x11);
        for (long offset = 0; offset < memory.ByteLength; offset += Chunk)
            memory.Write(offset, bytes.AsSpan(0, (int)Math.Min(Chunk, memory.ByteLength - offset)));
    }
}
