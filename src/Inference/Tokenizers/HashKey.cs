using System.Buffers.Binary;

namespace KernelFoundry.Inference.Tokenizers;

/// <summary>
/// Keys of hash tables, drawn afresh in every process, so that no file can be made whose entries collide on purpose. From the system's random numbers by way of
/// <see cref="Guid.NewGuid"/>, whose six fixed bits the other half hides: the cryptography library would take five megabytes for as many bytes.
/// </summary>
internal static class HashKey
{
    public static ulong Draw()
    {
        Span<byte> drawn = stackalloc byte[16];
        Guid.NewGuid().TryWriteBytes(drawn);
        return BinaryPrimitives.ReadUInt64LittleEndian(drawn) ^ BinaryPrimitives.ReadUInt64LittleEndian(drawn[8..]);
    }
}
