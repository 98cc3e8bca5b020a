namespace KernelFoundry;

/// <summary>Reads elements of a quantization format through its own Decode.</summary>
internal sealed unsafe class QuantCodec<TFormat>(string name) : ElementCodec(name, TFormat.BlockSize, TFormat.BlockBytes)
    where TFormat : struct, IQuantFormat
{
    public override int GroupSize => TFormat.GroupSize == 0 ? TFormat.BlockSize : TFormat.GroupSize;

    public override bool IsQuantized => true;

    public override int LeadingBytes => TFormat.LeadingBytes == -1 ? TFormat.BlockBytes % 4 : TFormat.LeadingBytes;

    public override float Load(byte* address, long element) => Decode(address, element).Value;

    public override sbyte LoadCode(byte* address, long element)
    {
        int code = Decode(address, element).Code;
        return code is >= sbyte.MinValue and <= sbyte.MaxValue
            ? (sbyte)code
            : throw new KernelExecutionException($"{Name}.Decode gave code {code}; codes are -128 to 127.");
    }

    public override float LoadScale(byte* address, long element) => Decode(address, element).Scale;

    public override float LoadOffset(byte* address, long element) => Decode(address, element).Offset;

    private static Quantized Decode(byte* address, long element)
    {
        (long block, long i) = Math.DivRem(element, TFormat.BlockSize);
        return TFormat.Decode(new Block(new ReadOnlySpan<byte>(address + (block * TFormat.BlockBytes), TFormat.BlockBytes)), (int)i);
    }
}
