namespace KernelFoundry;

/// <summary>
/// How elements of one type lie in memory and are read and written on the host. Addresses are a row-major base and an element index; for
/// quantized formats the index must be counted from a block's start.
/// </summary>
internal abstract unsafe class ElementCodec(string name, int blockSize, int blockBytes)
{
    /// <summary>The name in kernel variants: float, Half, BFloat16, int, sbyte, byte, or a format's.</summary>
    public string Name { get; } = name;

    public int BlockSize { get; } = blockSize;

    public int BlockBytes { get; } = blockBytes;

    public virtual int GroupSize => 1;

    public virtual bool IsQuantized => false;

    public virtual int LeadingBytes => 0;

    /// <summary>Bytes from the base to an element that starts a block.</summary>
    public long ByteOffset(long element) => element / BlockSize * BlockBytes;

    public abstract float Load(byte* address, long element);

    public virtual int LoadInt(byte* address, long element) => throw Lacks("LoadInt", "int, sbyte or byte");

    public virtual sbyte LoadCode(byte* address, long element) => throw Lacks("LoadCode", "a quantized format or sbyte");

    public virtual float LoadScale(byte* address, long element) => throw Lacks("LoadScale", "a quantized format");

    public virtual float LoadOffset(byte* address, long element) => throw Lacks("LoadOffset", "a quantized format");

    public virtual void Store(byte* address, long element, float value) => throw Lacks("Store", "float, Half or BFloat16");

    public virtual void StoreInt(byte* address, long element, int value) => throw Lacks("StoreInt", "int, sbyte or byte");

    private KernelExecutionException Lacks(string operation, string elements) => new($"{operation} takes a view of {elements}, not of {Name}.");
}
