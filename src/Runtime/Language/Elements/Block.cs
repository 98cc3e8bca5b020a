using System.Buffers.Binary;

namespace KernelFoundry;

/// <summary>The bytes of one block of quantized elements, little-endian. Offsets count bytes from the block's start.</summary>
public readonly ref struct Block
{
    private readonly ReadOnlySpan<byte> bytes;

    /// <summary>A block over these bytes.</summary>
    /// <param name="bytes">The bytes; exactly one block.</param>
    public Block(ReadOnlySpan<byte> bytes) => this.bytes = bytes;

    /// <summary>An unsigned byte.</summary>
    /// <param name="offset">Its offset.</param>
    /// <returns>0 to 255.</returns>
    public int Byte(int offset) => bytes[offset];

    /// <summary>A signed byte.</summary>
    /// <param name="offset">Its offset.</param>
    /// <returns>-128 to 127.</returns>
    public int SByte(int offset) => (sbyte)bytes[offset];

    /// <summary>An unsigned 16-bit integer.</summary>
    /// <param name="offset">Its offset.</param>
    /// <returns>0 to 65535.</returns>
    public int UInt16(int offset) => BinaryPrimitives.ReadUInt16LittleEndian(bytes[offset..]);

    /// <summary>A signed 16-bit integer.</summary>
    /// <param name="offset">Its offset.</param>
    /// <returns>-32768 to 32767.</returns>
    public int Int16(int offset) => BinaryPrimitives.ReadInt16LittleEndian(bytes[offset..]);

    /// <summary>A 32-bit integer.</summary>
    /// <param name="offset">Its offset.</param>
    /// <returns>The integer.</returns>
    public int Int32(int offset) => BinaryPrimitives.ReadInt32LittleEndian(bytes[offset..]);

    /// <summary>A 16-bit IEEE float.</summary>
    /// <param name="offset">Its offset.</param>
    /// <returns>Its value.</returns>
    public float Half(int offset) => (float)BinaryPrimitives.ReadHalfLittleEndian(bytes[offset..]);

    /// <summary>A <see cref="KernelFoundry.BFloat16"/>.</summary>
    /// <param name="offset">Its offset.</param>
    /// <returns>Its value.</returns>
    public float BFloat16(int offset) => KernelFoundry.BFloat16.FromBits(BinaryPrimitives.ReadUInt16LittleEndian(bytes[offset..])).ToSingle();

    /// <summary>A float.</summary>
    /// <param name="offset">Its offset.</param>
    /// <returns>Its value.</returns>
    public float Float(int offset) => BinaryPrimitives.ReadSingleLittleEndian(bytes[offset..]);
}
