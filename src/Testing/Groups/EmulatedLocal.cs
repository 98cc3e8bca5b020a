namespace KernelFoundry.Testing;

/// <summary>
/// A group's memory in words, which knows of each word who wrote and read it since the last barrier, so that a missing barrier is an error and not
/// luck.
/// </summary>
internal readonly struct EmulatedLocal(EmulatedGroup group, int[] words)
{
    public int Get(int index)
    {
        Require(index);
        group.Read(index);
        return words[index];
    }

    public void Put(int index, int value)
    {
        Require(index);
        group.Written(index);
        words[index] = value;
    }

    private void Require(int index)
    {
        if ((uint)index >= (uint)words.Length)
            throw new KernelExecutionException($"Group code accessed word {index} of the group's memory, which has {words.Length}.");
    }
}
