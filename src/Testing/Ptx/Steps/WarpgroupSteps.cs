using System.Runtime.InteropServices;

namespace KernelFoundry.Testing.Ptx;

/// <summary>
/// wgmma.mma_async m64nNk16 of halves, both operands in shared memory and along k: D[64, n] += A[64, 16] * B[16, n]. Warp w of a warpgroup, four warps from a multiple of four on, has rows 16w to
/// 16w + 15 of D; lane 4g + t holds in registers 4j to 4j + 3 elements 2t, 2t + 1 of columns 8j on, of rows g and g + 8 (PTX ISA, "Register Fragments and Shared Memory Matrix Layouts" of wgmma).
/// A descriptor has the address in bits 0 to 13, the distance of eight rows from the next in bits 32 to 45, both in units of 16 bytes, a base offset in bits 49 to 51, and in bits 62 and 63 how
/// pieces of 16 bytes are permuted: 1 for 128 bytes, where bits 4 to 6 of an address are exclusive-ored with bits 7 to 9. Sums are added as those of <see cref="MultiplyHalvesStep{TToFloat}"/>;
/// what hardware that has wgmma does has not been measured to be worse.
/// </summary>
internal sealed unsafe class MultiplyWarpgroupStep : PtxStep
{
    public const int Warps = 4;

    private const int Depth = 16;
    private const int RowsOfWarp = 16;
    private const int RowBytes = 128;
    private const int PieceBytes = 16;
    private const ulong Permuted128 = 1;

    private readonly PtxSlot d, a, b, scale;
    private readonly Func<uint, float> toFloat;
    private readonly double[] left = new double[RowsOfWarp * Depth];
    private readonly double[] right;
    private readonly float[] row;
    private int[]? numbers;

    public MultiplyWarpgroupStep(PtxSlot[] slots, Func<uint, float> toFloat)
    {
        (d, a, b, scale, this.toFloat) = (slots[0], slots[1], slots[2], slots[3], toFloat);
        if (slots[4].Value != 1 || slots[5].Value != 1)
            throw new PtxException(0, "operands of a product with their signs changed are not in the subset");
        if (slots[6].Value != 0 || slots[7].Value != 0)
            throw new PtxException(0, "transposed operands are not in the subset");
        right = new double[Depth * Columns];
        row = new float[Columns];
    }

    /// <summary>The registers of the sums.</summary>
    public int[] Sums => d.Elements!;

    private int Columns => 2 * Sums.Length;

    public override void Run(PtxWarp warp, uint mask)
    {
        warp.RequireLanes(mask, uint.MaxValue, Instruction.Opcode);
        int number = warp.FirstThread / PtxWarp.Lanes % Warps;
        ulong descriptorA = Uniform(warp, a), descriptorB = Uniform(warp, b);
        bool adds = warp.Predicates[scale.Offset] switch
        {
            uint.MaxValue => true,
            0 => false,
            _ => throw warp.Fault(0, "begins sums in some lanes and adds to them in others"),
        };
        Read(warp, descriptorA, RowsOfWarp * number, RowsOfWarp, left, isTransposed: false);
        Read(warp, descriptorB, 0, Columns, right, isTransposed: true);
        numbers ??= [.. Sums.Select(offset => warp.Program.Sums[offset])];
        warp.Products.Start(numbers, ((long)Instruction.Line << 32) ^ (long)(descriptorA * 31) ^ (long)descriptorB, warp, () =>
        {
            EndRead(warp, descriptorA, RowsOfWarp * number, RowsOfWarp);
            EndRead(warp, descriptorB, 0, Columns);
        });
        for (int r = 0; r < RowsOfWarp; r++)
        {
            int lane = 4 * (r % 8), register = 2 * (r / 8);
            for (int column = 0; column < Columns; column++)
                row[column] = adds ? Sum(warp, lane, register, column) : 0;
            PtxMatrixSum.Add(row, left.AsSpan(r * Depth, Depth), right);
            for (int column = 0; column < Columns; column++)
                Sum(warp, lane, register, column) = row[column];
        }

        warp.Meetings++;
    }

    private ref float Sum(PtxWarp warp, int lane, int register, int column) =>
        ref ((float*)(warp.Registers + Sums[(4 * (column / 8)) + register + (column % 2)]))[lane + (column % 8 / 2)];

    private static ulong Uniform(PtxWarp warp, PtxSlot slot)
    {
        var lanes = (ulong*)(warp.Registers + slot.Offset);
        for (int lane = 1; lane < PtxWarp.Lanes; lane++)
        {
            if (lanes[lane] != lanes[0])
                throw warp.Fault(lane, "multiplies another matrix than lane 0");
        }

        return lanes[0];
    }

    private static uint Address(PtxWarp warp, ulong descriptor, int row, int piece)
    {
        uint start = (uint)(descriptor & 0x3FFF) << 4, distance = (uint)((descriptor >> 32) & 0x3FFF) << 4;
        if (descriptor >> 62 != Permuted128 || ((descriptor >> 49) & 7) != 0)
            throw warp.Fault(0, $"multiplies a matrix with the descriptor {descriptor:X16}: only matrices permuted within 128 bytes, without a base offset, are in the subset");
        if (start % 1024 >= RowBytes || start % 32 != 0)
            throw warp.Fault(0, $"multiplies a matrix at {start}, which does not begin in the first of eight rows of 128 bytes");
        uint plain = start + ((uint)(row / 8) * distance) + ((uint)(row % 8) * RowBytes) + (uint)(piece * PieceBytes);
        return plain ^ (((plain >> 7) & 7) << 4);
    }

    private void Read(PtxWarp warp, ulong descriptor, int first, int count, double[] elements, bool isTransposed)
    {
        for (int r = 0; r < count; r++)
        {
            for (int piece = 0; piece < 2 * Depth / PieceBytes; piece++)
            {
                ReadOnlySpan<ushort> halves = MemoryMarshal.Cast<byte, ushort>(warp.Block.Shared.StartProduct(Address(warp, descriptor, first + r, piece), PieceBytes, warp));
                for (int i = 0; i < halves.Length; i++)
                {
                    int k = (8 * piece) + i;
                    elements[isTransposed ? (k * count) + r : (r * Depth) + k] = toFloat(halves[i]);
                }
            }
        }
    }

    private static void EndRead(PtxWarp warp, ulong descriptor, int first, int count)
    {
        for (int r = first; r < first + count; r++)
        {
            for (int piece = 0; piece < 2 * Depth / PieceBytes; piece++)
                warp.Block.Shared.EndProduct(Address(warp, descriptor, r, piece), PieceBytes, warp);
        }
    }
}

/// <summary>wgmma.fence, wgmma.commit_group and wgmma.wait_group: what all lanes of a warp do with its products.</summary>
internal sealed class ProductsStep(Action<PtxProducts> action) : PtxStep
{
    public override void Run(PtxWarp warp, uint mask)
    {
        warp.RequireLanes(mask, uint.MaxValue, Instruction.Opcode);
        action(warp.Products);
    }
}

/// <summary>fence.proxy.async: what a thread has written to shared memory is seen by asynchronous products that start after a barrier.</summary>
internal sealed class ProxyFenceStep : PtxStep
{
    public override void Run(PtxWarp warp, uint mask)
    {
        for (int lane = 0; lane < PtxWarp.Lanes; lane++)
        {
            if ((mask >> lane & 1) != 0)
                warp.Block.Shared.Fence(warp.FirstThread + lane);
        }
    }
}
