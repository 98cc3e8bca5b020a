namespace KernelFoundry;

/// <summary>Reads elements of a matrix that lies in <see cref="Panels"/>, numbered row by row.</summary>
internal sealed unsafe class PanelCodec(ElementCodec format, int columns) : ElementCodec(format.Name, format.BlockSize, format.BlockBytes)
{
    private const int Small = 512;

    public override int GroupSize => format.GroupSize;

    public override bool IsQuantized => true;

    public override int LeadingBytes => format.LeadingBytes;

    public override float Load(byte* address, long element)
    {
        (long row, long column) = Math.DivRem(element, columns);
        (long panel, long lane) = Math.DivRem(row, Panels.Rows);
        (long block, long i) = Math.DivRem(column, BlockSize);
        byte* from = address + (Panels.Rows * ((panel * format.ByteOffset(columns)) + (block * BlockBytes)));
        Span<byte> bytes = BlockBytes <= Small ? stackalloc byte[Small] : new byte[BlockBytes];
        for (int offset = 0; offset < BlockBytes; offset++)
            bytes[offset] = from[Panels.Offset(BlockBytes, LeadingBytes, (int)lane, offset)];
        fixed (byte* contiguous = bytes)
            return format.Load(contiguous, i);
    }
}
