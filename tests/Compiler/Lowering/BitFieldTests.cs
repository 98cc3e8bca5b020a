using KernelFoundry.Compiler.Ir;
using KernelFoundry.Compiler.Lowering;

namespace KernelFoundry.Compiler.Tests;

public class BitFieldTests
{
    private static readonly ReadBytes s_bytes = new([.. Enumerable.Range(0, ByteTree.Lanes)], 0, false);

    [Fact]
    public void Fields_and_their_matrices_are_what_the_operations_give()
    {
        var random = new Random(5);
        for (int i = 0; i < 500; i++)
        {
            ByteTree tree = s_bytes;
            for (int depth = random.Next(1, 5); depth > 0; depth--)
                tree = Next(tree, random);
            BitField field = BitField.From(tree);
            Assert.Same(s_bytes, field.Of);
            for (int value = 0; value < 256; value++)
            {
                int expected = Value(tree, value);
                Assert.Equal(expected, (field.Shift < 0 ? value << -field.Shift : value >> field.Shift) & field.Mask);
                Assert.Equal(expected, Product(field.Matrix, value));
            }
        }
    }

    [Fact]
    public void What_differs_from_lane_to_lane_is_no_field()
    {
        int[] counts = [.. Enumerable.Range(0, ByteTree.Lanes).Select(lane => lane % 2)], ones = [.. Enumerable.Repeat(1, ByteTree.Lanes)], threes = [.. Enumerable.Repeat(3, ByteTree.Lanes)];
        ByteTree[] trees =
        [
            new ByteOp(OpCode.Shr, s_bytes, new ConstantBytes(counts)), new ByteOp(OpCode.And, s_bytes, new ConstantBytes(counts)),
            new ByteOp(OpCode.Or, s_bytes, new ConstantBytes(ones)), new ByteTest(s_bytes, counts, ones), new ByteTest(s_bytes, threes, ones), new ByteTest(s_bytes, ones, threes),
        ];
        Assert.All(trees, tree => Assert.Equal(new BitField(tree, 0, 255), BitField.From(tree)));
    }

    [Fact]
    public void Any_bit_makes_the_value()
    {
        byte[] matrix = BitField.MatrixOfAny(16);
        Assert.All(Enumerable.Range(0, 8), bit => Assert.Equal(16, Product(matrix, 1 << bit)));
        Assert.Equal(0, Product(matrix, 0));
    }

    private static ByteTree Next(ByteTree tree, Random random) => random.Next(4) switch
    {
        0 => new ByteOp(OpCode.And, tree, Same(random.Next(256))),
        1 => new ByteOp(OpCode.Shr, tree, Same(random.Next(8))),
        2 => new ByteOp(OpCode.Shl, tree, Same(random.Next(8))),
        _ => new ByteTest(tree, Same(1 << random.Next(8)).Values, Same(1 << random.Next(8)).Values),
    };

    private static ConstantBytes Same(int value) => new([.. Enumerable.Repeat(value, ByteTree.Lanes)]);

    private static int Value(ByteTree tree, int value) => tree switch
    {
        ByteOp { Code: OpCode.And } op => Value(op.A, value) & ((ConstantBytes)op.B).Values[0],
        ByteOp { Code: OpCode.Shr } op => Value(op.A, value) >> ((ConstantBytes)op.B).Values[0],
        ByteOp { Code: OpCode.Shl } op => (Value(op.A, value) << ((ConstantBytes)op.B).Values[0]) & 255,
        ByteTest test => (Value(test.Operand, value) & test.Masks[0]) != 0 ? test.Values[0] : 0,
        _ => value,
    };

    // GF2P8AFFINEQB of Intel's manual: bit i of the result is the parity of the byte and row 7 - i.
    private static int Product(byte[] matrix, int value) =>
        Enumerable.Range(0, 8).Sum(i => (System.Numerics.BitOperations.PopCount((uint)(matrix[7 - i] & value)) & 1) << i);
}
