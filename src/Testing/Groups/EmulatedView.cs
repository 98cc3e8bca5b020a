namespace KernelFoundry.Testing;

/// <summary>Memory behind a view, from element 0 to the end of its last element; every access is checked.</summary>
internal readonly unsafe struct EmulatedView(byte* address, long length, int number)
{
    /// <summary>The address of an access.</summary>
    /// <exception cref="KernelExecutionException">Some of its bytes are outside the view.</exception>
    public byte* At(long index, int bytes)
    {
        if (index < 0 || index >= length / bytes)
        {
            throw new KernelExecutionException($"Group code accessed {bytes} bytes at byte {index * bytes} of view {number}, counted from 0; the view "
                + $"has {length} bytes.");
        }

        return address + (index * bytes);
    }
}
