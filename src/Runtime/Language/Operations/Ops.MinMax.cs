namespace KernelFoundry;

/// <content>Abs, Min, Max and Fma. A NaN operand of Min or Max loses to a number, as fmin and fmax have it; of two
/// zeros the first is taken.</content>
public static partial class Ops
{
    /// <summary>Absolute value.</summary>
    /// <param name="x">The argument.</param>
    /// <returns>The value.</returns>
    public static float Abs(float x) => MathF.Abs(x);

    /// <summary>Absolute value; int.MinValue stays what it is.</summary>
    /// <param name="x">The argument.</param>
    /// <returns>The value.</returns>
    public static int Abs(int x) => x < 0 ? unchecked(-x) : x;

    /// <summary>Absolute value, element by element.</summary>
    /// <param name="x">The argument.</param>
    /// <returns>A tile of the same shape.</returns>
    public static Tile<float> Abs(Tile<float> x) => Broadcast.Map<float, float, AbsOp>(x);

    /// <summary>Absolute value, element by element; int.MinValue stays what it is.</summary>
    /// <param name="x">The argument.</param>
    /// <returns>A tile of the same shape.</returns>
    public static Tile<int> Abs(Tile<int> x) => Broadcast.Map<int, int, AbsOp>(x);

    /// <summary>The smaller of two values.</summary>
    /// <param name="a">One value.</param>
    /// <param name="b">The other.</param>
    /// <returns>The smaller.</returns>
    public static float Min(float a, float b) => float.IsNaN(a) || b < a ? b : a;

    /// <summary>The smaller of two values, element by element.</summary>
    /// <param name="a">One operand.</param>
    /// <param name="b">The other.</param>
    /// <returns>A tile of the broadcast shape.</returns>
    public static Tile<float> Min(Tile<float> a, Tile<float> b) => Broadcast.Zip<float, float, MinOp>(a, b);

    /// <summary>The smaller of two values, element by element.</summary>
    /// <param name="a">One operand.</param>
    /// <param name="b">The other.</param>
    /// <returns>A tile of the broadcast shape.</returns>
    public static Tile<float> Min(Tile<float> a, float b) => Broadcast.Zip<float, float, MinOp>(a, Tile<float>.Scalar(b));

    /// <summary>The smaller of two values, element by element.</summary>
    /// <param name="a">One operand.</param>
    /// <param name="b">The other.</param>
    /// <returns>A tile of the broadcast shape.</returns>
    public static Tile<float> Min(float a, Tile<float> b) => Broadcast.Zip<float, float, MinOp>(Tile<float>.Scalar(a), b);

    /// <summary>The smaller of two values.</summary>
    /// <param name="a">One value.</param>
    /// <param name="b">The other.</param>
    /// <returns>The smaller.</returns>
    public static int Min(int a, int b) => Math.Min(a, b);

    /// <summary>The smaller of two values, element by element.</summary>
    /// <param name="a">One operand.</param>
    /// <param name="b">The other.</param>
    /// <returns>A tile of the broadcast shape.</returns>
    public static Tile<int> Min(Tile<int> a, Tile<int> b) => Broadcast.Zip<int, int, MinOp>(a, b);

    /// <summary>The smaller of two values, element by element.</summary>
    /// <param name="a">One operand.</param>
    /// <param name="b">The other.</param>
    /// <returns>A tile of the broadcast shape.</returns>
    public static Tile<int> Min(Tile<int> a, int b) => Broadcast.Zip<int, int, MinOp>(a, Tile<int>.Scalar(b));

    /// <summary>The smaller of two values, element by element.</summary>
    /// <param name="a">One operand.</param>
    /// <param name="b">The other.</param>
    /// <returns>A tile of the broadcast shape.</returns>
    public static Tile<int> Min(int a, Tile<int> b) => Broadcast.Zip<int, int, MinOp>(Tile<int>.Scalar(a), b);

    /// <summary>The smaller of two values.</summary>
    /// <param name="a">One value.</param>
    /// <param name="b">The other.</param>
    /// <returns>The smaller.</returns>
    public static uint Min(uint a, uint b) => Math.Min(a, b);

    /// <summary>The smaller of two values, element by element.</summary>
    /// <param name="a">One operand.</param>
    /// <param name="b">The other.</param>
    /// <returns>A tile of the broadcast shape.</returns>
    public static Tile<uint> Min(Tile<uint> a, Tile<uint> b) => Broadcast.Zip<uint, uint, MinOp>(a, b);

    /// <summary>The smaller of two values, element by element.</summary>
    /// <param name="a">One operand.</param>
    /// <param name="b">The other.</param>
    /// <returns>A tile of the broadcast shape.</returns>
    public static Tile<uint> Min(Tile<uint> a, uint b) => Broadcast.Zip<uint, uint, MinOp>(a, Tile<uint>.Scalar(b));

    /// <summary>The smaller of two values, element by element.</summary>
    /// <param name="a">One operand.</param>
    /// <param name="b">The other.</param>
    /// <returns>A tile of the broadcast shape.</returns>
    public static Tile<uint> Min(uint a, Tile<uint> b) => Broadcast.Zip<uint, uint, MinOp>(Tile<uint>.Scalar(a), b);

    /// <summary>The larger of two values.</summary>
    /// <param name="a">One value.</param>
    /// <param name="b">The other.</param>
    /// <returns>The larger.</returns>
    public static float Max(float a, float b) => float.IsNaN(a) || b > a ? b : a;

    /// <summary>The larger of two values, element by element.</summary>
    /// <param name="a">One operand.</param>
    /// <param name="b">The other.</param>
    /// <returns>A tile of the broadcast shape.</returns>
    public static Tile<float> Max(Tile<float> a, Tile<float> b) => Broadcast.Zip<float, float, MaxOp>(a, b);

    /// <summary>The larger of two values, element by element.</summary>
    /// <param name="a">One operand.</param>
    /// <param name="b">The other.</param>
    /// <returns>A tile of the broadcast shape.</returns>
    public static Tile<float> Max(Tile<float> a, float b) => Broadcast.Zip<float, float, MaxOp>(a, Tile<float>.Scalar(b));

    /// <summary>The larger of two values, element by element.</summary>
    /// <param name="a">One operand.</param>
    /// <param name="b">The other.</param>
    /// <returns>A tile of the broadcast shape.</returns>
    public static Tile<float> Max(float a, Tile<float> b) => Broadcast.Zip<float, float, MaxOp>(Tile<float>.Scalar(a), b);

    /// <summary>The larger of two values.</summary>
    /// <param name="a">One value.</param>
    /// <param name="b">The other.</param>
    /// <returns>The larger.</returns>
    public static int Max(int a, int b) => Math.Max(a, b);

    /// <summary>The larger of two values, element by element.</summary>
    /// <param name="a">One operand.</param>
    /// <param name="b">The other.</param>
    /// <returns>A tile of the broadcast shape.</returns>
    public static Tile<int> Max(Tile<int> a, Tile<int> b) => Broadcast.Zip<int, int, MaxOp>(a, b);

    /// <summary>The larger of two values, element by element.</summary>
    /// <param name="a">One operand.</param>
    /// <param name="b">The other.</param>
    /// <returns>A tile of the broadcast shape.</returns>
    public static Tile<int> Max(Tile<int> a, int b) => Broadcast.Zip<int, int, MaxOp>(a, Tile<int>.Scalar(b));

    /// <summary>The larger of two values, element by element.</summary>
    /// <param name="a">One operand.</param>
    /// <param name="b">The other.</param>
    /// <returns>A tile of the broadcast shape.</returns>
    public static Tile<int> Max(int a, Tile<int> b) => Broadcast.Zip<int, int, MaxOp>(Tile<int>.Scalar(a), b);

    /// <summary>The larger of two values.</summary>
    /// <param name="a">One value.</param>
    /// <param name="b">The other.</param>
    /// <returns>The larger.</returns>
    public static uint Max(uint a, uint b) => Math.Max(a, b);

    /// <summary>The larger of two values, element by element.</summary>
    /// <param name="a">One operand.</param>
    /// <param name="b">The other.</param>
    /// <returns>A tile of the broadcast shape.</returns>
    public static Tile<uint> Max(Tile<uint> a, Tile<uint> b) => Broadcast.Zip<uint, uint, MaxOp>(a, b);

    /// <summary>The larger of two values, element by element.</summary>
    /// <param name="a">One operand.</param>
    /// <param name="b">The other.</param>
    /// <returns>A tile of the broadcast shape.</returns>
    public static Tile<uint> Max(Tile<uint> a, uint b) => Broadcast.Zip<uint, uint, MaxOp>(a, Tile<uint>.Scalar(b));

    /// <summary>The larger of two values, element by element.</summary>
    /// <param name="a">One operand.</param>
    /// <param name="b">The other.</param>
    /// <returns>A tile of the broadcast shape.</returns>
    public static Tile<uint> Max(uint a, Tile<uint> b) => Broadcast.Zip<uint, uint, MaxOp>(Tile<uint>.Scalar(a), b);

    /// <summary>a * b + c with one rounding.</summary>
    /// <param name="a">A factor.</param>
    /// <param name="b">A factor.</param>
    /// <param name="c">The addend.</param>
    /// <returns>The value.</returns>
    public static float Fma(float a, float b, float c) => MathF.FusedMultiplyAdd(a, b, c);

    /// <summary>a * b + c with one rounding, element by element.</summary>
    /// <param name="a">A factor.</param>
    /// <param name="b">A factor.</param>
    /// <param name="c">The addend.</param>
    /// <returns>A tile of the broadcast shape.</returns>
    public static Tile<float> Fma(Tile<float> a, Tile<float> b, Tile<float> c) =>
        Broadcast.Zip<float, float, float, FmaOp>(a, b, c);

    /// <summary>a * b + c with one rounding, element by element.</summary>
    /// <param name="a">A factor.</param>
    /// <param name="b">A factor.</param>
    /// <param name="c">The addend.</param>
    /// <returns>A tile of the broadcast shape.</returns>
    public static Tile<float> Fma(Tile<float> a, Tile<float> b, float c) =>
        Broadcast.Zip<float, float, float, FmaOp>(a, b, Tile<float>.Scalar(c));

    /// <summary>a * b + c with one rounding, element by element.</summary>
    /// <param name="a">A factor.</param>
    /// <param name="b">A factor.</param>
    /// <param name="c">The addend.</param>
    /// <returns>A tile of the broadcast shape.</returns>
    public static Tile<float> Fma(Tile<float> a, float b, Tile<float> c) =>
        Broadcast.Zip<float, float, float, FmaOp>(a, Tile<float>.Scalar(b), c);

    /// <summary>a * b + c with one rounding, element by element.</summary>
    /// <param name="a">A factor.</param>
    /// <param name="b">A factor.</param>
    /// <param name="c">The addend.</param>
    /// <returns>A tile of the broadcast shape.</returns>
    public static Tile<float> Fma(Tile<float> a, float b, float c) =>
        Broadcast.Zip<float, float, float, FmaOp>(a, Tile<float>.Scalar(b), Tile<float>.Scalar(c));

    /// <summary>a * b + c with one rounding, element by element.</summary>
    /// <param name="a">A factor.</param>
    /// <param name="b">A factor.</param>
    /// <param name="c">The addend.</param>
    /// <returns>A tile of the broadcast shape.</returns>
    public static Tile<float> Fma(float a, Tile<float> b, Tile<float> c) =>
        Broadcast.Zip<float, float, float, FmaOp>(Tile<float>.Scalar(a), b, c);

    /// <summary>a * b + c with one rounding, element by element.</summary>
    /// <param name="a">A factor.</param>
    /// <param name="b">A factor.</param>
    /// <param name="c">The addend.</param>
    /// <returns>A tile of the broadcast shape.</returns>
    public static Tile<float> Fma(float a, Tile<float> b, float c) =>
        Broadcast.Zip<float, float, float, FmaOp>(Tile<float>.Scalar(a), b, Tile<float>.Scalar(c));

    /// <summary>a * b + c with one rounding, element by element.</summary>
    /// <param name="a">A factor.</param>
    /// <param name="b">A factor.</param>
    /// <param name="c">The addend.</param>
    /// <returns>A tile of the broadcast shape.</returns>
    public static Tile<float> Fma(float a, float b, Tile<float> c) =>
        Broadcast.Zip<float, float, float, FmaOp>(Tile<float>.Scalar(a), Tile<float>.Scalar(b), c);

    private readonly struct AbsOp : IUnary<float, float>, IUnary<int, int>
    {
        public static float Apply(float a) => Abs(a);

        public static int Apply(int a) => Abs(a);
    }

    private readonly struct MinOp : IBinary<float, float>, IBinary<int, int>, IBinary<uint, uint>
    {
        public static float Apply(float a, float b) => Min(a, b);

        public static int Apply(int a, int b) => Min(a, b);

        public static uint Apply(uint a, uint b) => Min(a, b);
    }

    private readonly struct MaxOp : IBinary<float, float>, IBinary<int, int>, IBinary<uint, uint>
    {
        public static float Apply(float a, float b) => Max(a, b);

        public static int Apply(int a, int b) => Max(a, b);

        public static uint Apply(uint a, uint b) => Max(a, b);
    }

    private readonly struct FmaOp : ITernary<float, float, float>
    {
        public static float Apply(float a, float b, float c) => Fma(a, b, c);
    }
}
