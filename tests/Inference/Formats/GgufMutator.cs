namespace KernelFoundry.Inference.Tests.Formats;

/// <summary>Damages a file in the ways files get damaged and in those an attacker tries.</summary>
internal sealed class GgufMutator
{
    private static readonly ulong[] s_lengths =
        [0, 1, 2, 31, 0x7F, 0xFF, 0xFFFF, 0x7FFF_FFFF, 0x8000_0000, 0xFFFF_FFFF, 0x1_0000_0000, 1UL << 40, long.MaxValue, 1UL << 63, ulong.MaxValue - 31, ulong.MaxValue];

    private readonly byte[] _original;
    private readonly int _head;
    private readonly byte[] _scratch;

    /// <param name="original">A good file.</param>
    /// <param name="head">Bytes before the tensor data, where most damage is done.</param>
    public GgufMutator(byte[] original, int head)
    {
        _original = original;
        _head = head;
        _scratch = new byte[original.Length + 4096];
    }

    /// <summary>A damaged copy, valid until the next call, and what was done to it.</summary>
    public (ReadOnlyMemory<byte> Bytes, string Description) Next(Random random)
    {
        _original.CopyTo(_scratch, 0);
        int length = _original.Length;
        string description = "";
        for (int i = random.Next(1, 4); i > 0; i--)
        {
            var file = _scratch.AsSpan(0, length);
            int at = random.Next(random.Next(8) == 0 ? length : Math.Min(_head, length));
            switch (random.Next(7))
            {
                case 0:
                    int bit = random.Next(8);
                    file[at] ^= (byte)(1 << bit);
                    description += $" flip bit {bit} of {at};";
                    break;
                case 1:
                    file[at] = (byte)random.Next(256);
                    description += $" byte {at} = {file[at]};";
                    break;
                case 2:
                    length = Math.Max(1, random.Next(3) == 0 ? random.Next(length) : at);
                    description += $" cut to {length};";
                    break;
                case 3:
                    int from = random.Next(length);
                    int count = random.Next(Math.Min(256, length - Math.Max(at, from)) + 1);
                    file.Slice(from, count).CopyTo(file[at..]);
                    description += $" copy {count} from {from} to {at};";
                    break;
                case 4:
                    int width = random.Next(2) == 0 ? 4 : 8;
                    ulong value = s_lengths[random.Next(s_lengths.Length)];
                    for (int b = 0; b < width && at + b < length; b++)
                        file[at + b] = (byte)(value >> (8 * b));
                    description += $" {width} bytes at {at} = {value};";
                    break;
                case 5:
                    int inserted = random.Next(1, 64);
                    if (length + inserted > _scratch.Length)
                        break;
                    file[at..].CopyTo(_scratch.AsSpan(at + inserted));
                    length += inserted;
                    description += $" insert {inserted} at {at};";
                    break;
                default:
                    int removed = random.Next(1, Math.Min(64, length - at) + 1);
                    file[(at + removed)..].CopyTo(file[at..]);
                    length = Math.Max(1, length - removed);
                    description += $" remove {removed} at {at};";
                    break;
            }
        }

        return (_scratch.AsMemory(0, length), description);
    }
}
