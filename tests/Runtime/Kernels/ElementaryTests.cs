using System.Runtime.Intrinsics;

namespace KernelFoundry.Runtime.Tests.Kernels;

/// <summary>The elementary functions that generated code calls, over numbers of every sign and exponent.</summary>
public sealed class ElementaryTests
{
    private delegate Vector512<float> Function512(Vector512<float> x);

    private delegate Vector256<float> Function256(Vector256<float> x);

    private delegate Vector128<float> Function128(Vector128<float> x);

    private static readonly Dictionary<string, (Func<float, float> One, Function128 Four, Function256 Eight, Function512 Sixteen)> s_functions = new()
    {
        ["Exp"] = (Elementary.Exp, Elementary.Exp, Elementary.Exp, Elementary.Exp),
        ["Log"] = (Elementary.Log, Elementary.Log, Elementary.Log, Elementary.Log),
        ["Sigmoid"] = (Elementary.Sigmoid, Elementary.Sigmoid, Elementary.Sigmoid, Elementary.Sigmoid),
        ["Tanh"] = (Elementary.Tanh, Elementary.Tanh, Elementary.Tanh, Elementary.Tanh),
        ["Erf"] = (Elementary.Erf, Elementary.Erf, Elementary.Erf, Elementary.Erf),
        ["Sin"] = (Elementary.Sin, Elementary.Sin, Elementary.Sin, Elementary.Sin),
        ["Cos"] = (Elementary.Cos, Elementary.Cos, Elementary.Cos, Elementary.Cos),
        ["Scale"] = (x => Elementary.Scale(1.25f, Whole(x)), x => Elementary.Scale(Vector128.Create(1.25f), Each(x)),
            x => Elementary.Scale(Vector256.Create(1.25f), Each(x)), x => Elementary.Scale(Vector512.Create(1.25f), Each(x))),
    };

    public static TheoryData<string> Functions() => [.. s_functions.Keys];

    [Theory]
    [MemberData(nameof(Functions))]
    public void Vectors_of_every_width_get_the_bits_of_one_number(string name)
    {
        var (one, four, eight, sixteen) = s_functions[name];
        var lanes = new float[Vector512<float>.Count];
        for (uint bits = 0; bits < uint.MaxValue - 0x40000; bits += 0x3FFD)
        {
            for (int lane = 0; lane < lanes.Length; lane++)
                lanes[lane] = BitConverter.UInt32BitsToSingle(bits + (uint)(lane * 0x3FF));
            Vector512<float> x = Vector512.Create(lanes), found = sixteen(x);
            var halves = Vector512.Create(eight(x.GetLower()), eight(x.GetUpper()));
            var quarters = Vector512.Create(
                Vector256.Create(four(x.GetLower().GetLower()), four(x.GetLower().GetUpper())), Vector256.Create(four(x.GetUpper().GetLower()), four(x.GetUpper().GetUpper())));
            for (int lane = 0; lane < lanes.Length; lane++)
            {
                float expected = one(lanes[lane]);
                if (!Same(expected, found[lane]) || !Same(expected, halves[lane]) || !Same(expected, quarters[lane]))
                    Assert.Fail($"{name}({lanes[lane]:R}) is {expected:R} and {found[lane]:R}, {halves[lane]:R}, {quarters[lane]:R} in 16, 8, 4 lanes");
            }
        }
    }

    [Fact]
    public void Exponentials_have_two_units_in_the_last_place_and_end_gradually()
    {
        for (float x = -104.5f; x < 90; x += 0.0137f)
        {
            float found = Elementary.Exp(x);
            double exact = Math.Exp(x);
            if (exact > float.MaxValue)
                Assert.Equal(float.PositiveInfinity, found);
            else
                Assert.InRange(found, exact - (2 * UnitAt(exact)), exact + (2 * UnitAt(exact)));
        }

        Assert.Equal(0, Elementary.Exp(float.NegativeInfinity));
        Assert.Equal(float.PositiveInfinity, Elementary.Exp(float.PositiveInfinity));
        Assert.True(float.IsNaN(Elementary.Exp(float.NaN)));
    }

    private static double UnitAt(double x) => Math.Max(Math.ScaleB(1, Math.ILogB(x) - 23), float.Epsilon);

    private static bool Same(float a, float b) => BitConverter.SingleToInt32Bits(a) == BitConverter.SingleToInt32Bits(b) || (float.IsNaN(a) && float.IsNaN(b));

    // Some whole number Scale takes.
    private static float Whole(float x) => (BitConverter.SingleToInt32Bits(x) >>> 9) % 400 - 200;

    private static Vector128<float> Each(Vector128<float> x) => Vector128.Create(Whole(x[0]), Whole(x[1]), Whole(x[2]), Whole(x[3]));

    private static Vector256<float> Each(Vector256<float> x) => Vector256.Create(Each(x.GetLower()), Each(x.GetUpper()));

    private static Vector512<float> Each(Vector512<float> x) => Vector512.Create(Each(x.GetLower()), Each(x.GetUpper()));
}
