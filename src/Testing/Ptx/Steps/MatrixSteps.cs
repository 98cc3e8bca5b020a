using System.Runtime.InteropServices;

namespace KernelFoundry.Testing.Ptx;

/// <summary>
/// mma.sync m16n8k16 and m16n8k8 of halves: D[16, 8] = A[16, k] * B[k, 8] + C. Lane 4g + t holds, of A, elements 2t, 2t + 1 of rows g and g + 8, and those 8 columns
/// further; of B the same of column g; of C and D elements 2t, 2t + 1 of rows g and g + 8 (PTX ISA, "Matrix fragments for mma.m16n8k16"). As an A100 does,
/// eight products at a time and the sum before are cut to 24 bits below the largest's power of two, added, and cut to a float (Fasi et al., 2021).
/// </summary>
internal sealed unsafe class MultiplyHalvesStep<TToFloat>(PtxSlot d, PtxSlot a, PtxSlot b, PtxSlot c) : PtxStep
    where TToFloat : ILaneFunction<uint, float>
{
    public override void Run(PtxWarp warp, uint mask)
    {
        warp.RequireLanes(mask, uint.MaxValue, Instruction.Opcode);
        int depth = 4 * a.Elements!.Length;
        var left = new float[16, 16];
        var right = new float[16, 8];
        Span<double> products = stackalloc double[8];
        for (int lane = 0; lane < PtxWarp.Lanes; lane++)
        {
            int group = lane / 4, column = 2 * (lane % 4);
            for (int i = 0; i < a.Elements.Length; i++)
                Split(warp, a.Elements[i], lane, ref left[group + (8 * (i % 2)), column + (8 * (i / 2))], ref left[group + (8 * (i % 2)), column + (8 * (i / 2)) + 1]);
            for (int i = 0; i < b.Elements!.Length; i++)
                Split(warp, b.Elements[i], lane, ref right[column + (8 * i), group], ref right[column + (8 * i) + 1, group]);
        }

        for (int lane = 0; lane < PtxWarp.Lanes; lane++)
        {
            for (int i = 0; i < 4; i++)
            {
                int row = (lane / 4) + (8 * (i / 2)), column = (2 * (lane % 4)) + (i % 2);
                float sum = ((float*)(warp.Registers + c.Elements![i]))[lane];
                for (int k = 0; k < depth; k += products.Length)
                {
                    for (int j = 0; j < products.Length; j++)
                        products[j] = (double)left[row, k + j] * right[k + j, column];
                    sum = PtxMatrixSum.Add(sum, products);
                }

                ((float*)(warp.Registers + d.Elements![i]))[lane] = sum;
            }
        }

        warp.Meetings++;
    }

    private static void Split(PtxWarp warp, int register, int lane, ref float low, ref float high)
    {
        uint bits = ((uint*)(warp.Registers + register))[lane];
        low = TToFloat.Apply(bits & 0xFFFF);
        high = TToFloat.Apply(bits >> 16);
    }
}

/// <summary>
/// mma.sync m16n8k32 and m16n8k16 of bytes, with or without signs: lane 4g + t holds, of A, elements 4t to 4t + 3 of rows g and g + 8, and those 16 columns further; of B the same of column g;
/// of C and D as with halves.
/// </summary>
internal sealed unsafe class MultiplyBytesStep(PtxSlot d, PtxSlot a, PtxSlot b, PtxSlot c, bool isSignedA, bool isSignedB) : PtxStep
{
    public override void Run(PtxWarp warp, uint mask)
    {
        warp.RequireLanes(mask, uint.MaxValue, Instruction.Opcode);
        int depth = 16 * b.Elements!.Length;
        var left = new int[16, 32];
        var right = new int[32, 8];
        for (int lane = 0; lane < PtxWarp.Lanes; lane++)
        {
            int group = lane / 4, column = 4 * (lane % 4);
            for (int i = 0; i < a.Elements!.Length; i++)
            {
                for (int part = 0; part < 4; part++)
                    left[group + (8 * (i % 2)), column + (16 * (i / 2)) + part] = Part(warp, a.Elements[i], lane, part, isSignedA);
            }

            for (int i = 0; i < b.Elements.Length; i++)
            {
                for (int part = 0; part < 4; part++)
                    right[column + (16 * i) + part, group] = Part(warp, b.Elements[i], lane, part, isSignedB);
            }
        }

        for (int lane = 0; lane < PtxWarp.Lanes; lane++)
        {
            for (int i = 0; i < 4; i++)
            {
                int row = (lane / 4) + (8 * (i / 2)), column = (2 * (lane % 4)) + (i % 2);
                int sum = ((int*)(warp.Registers + c.Elements![i]))[lane];
                for (int k = 0; k < depth; k++)
                    sum = unchecked(sum + (left[row, k] * right[k, column]));
                ((int*)(warp.Registers + d.Elements![i]))[lane] = sum;
            }
        }

        warp.Meetings++;
    }

    private static int Part(PtxWarp warp, int register, int lane, int part, bool isSigned)
    {
        uint bits = ((uint*)(warp.Registers + register))[lane] >> (8 * part);
        return isSigned ? (sbyte)bits : (byte)bits;
    }
}

/// <summary>
/// ldmatrix of 8x8 matrices of 16-bit elements: lanes 8i to 8i + 7 say where the rows of matrix i are, and lane 4r + t receives elements 2t, 2t + 1 of row r, or of
/// column r where it is transposed.
/// </summary>
internal sealed unsafe class LoadMatrixStep(PtxSlot d, PtxSlot address, bool isTransposed) : PtxStep
{
    private const int RowBytes = 16;

    public override void Run(PtxWarp warp, uint mask)
    {
        warp.RequireLanes(mask, uint.MaxValue, Instruction.Opcode);
        for (int i = 0; i < d.Elements!.Length; i++)
        {
            var matrix = new ushort[8, 8];
            for (int row = 0; row < 8; row++)
            {
                int lane = (8 * i) + row;
                ReadOnlySpan<byte> bytes = warp.Block.Shared.Read(PtxAddresses.Shared(warp, lane, address), RowBytes, warp, lane);
                for (int column = 0; column < 8; column++)
                    matrix[row, column] = MemoryMarshal.Read<ushort>(bytes[(2 * column)..]);
            }

            for (int lane = 0; lane < PtxWarp.Lanes; lane++)
            {
                int row = lane / 4, column = 2 * (lane % 4);
                (ushort low, ushort high) = isTransposed
                    ? (matrix[column, row], matrix[column + 1, row])
                    : (matrix[row, column], matrix[row, column + 1]);
                ((uint*)(warp.Registers + d.Elements[i]))[lane] = ((uint)high << 16) | low;
            }
        }
    }
}
