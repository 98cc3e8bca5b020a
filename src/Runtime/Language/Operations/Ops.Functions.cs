namespace KernelFoundry;

/// <content>Functions of one float. Each is computed in double and rounded once: this is the definition devices are compared with.</content>
public static partial class Ops
{
    /// <summary>e to the power of the value.</summary>
    /// <param name="x">The argument.</param>
    /// <returns>The value.</returns>
    public static float Exp(float x) => (float)Math.Exp(x);

    /// <summary>e to the power of the value, element by element.</summary>
    /// <param name="x">The argument.</param>
    /// <returns>A tile of the same shape.</returns>
    public static Tile<float> Exp(Tile<float> x) => Broadcast.Map<float, float, ExpOp>(x);

    /// <summary>Natural logarithm.</summary>
    /// <param name="x">The argument.</param>
    /// <returns>The value.</returns>
    public static float Log(float x) => (float)Math.Log(x);

    /// <summary>Natural logarithm, element by element.</summary>
    /// <param name="x">The argument.</param>
    /// <returns>A tile of the same shape.</returns>
    public static Tile<float> Log(Tile<float> x) => Broadcast.Map<float, float, LogOp>(x);

    /// <summary>Square root.</summary>
    /// <param name="x">The argument.</param>
    /// <returns>The value.</returns>
    public static float Sqrt(float x) => MathF.Sqrt(x);

    /// <summary>Square root, element by element.</summary>
    /// <param name="x">The argument.</param>
    /// <returns>A tile of the same shape.</returns>
    public static Tile<float> Sqrt(Tile<float> x) => Broadcast.Map<float, float, SqrtOp>(x);

    /// <summary>One over the square root.</summary>
    /// <param name="x">The argument.</param>
    /// <returns>The value.</returns>
    public static float Rsqrt(float x) => (float)(1.0 / Math.Sqrt(x));

    /// <summary>One over the square root, element by element.</summary>
    /// <param name="x">The argument.</param>
    /// <returns>A tile of the same shape.</returns>
    public static Tile<float> Rsqrt(Tile<float> x) => Broadcast.Map<float, float, RsqrtOp>(x);

    /// <summary>Hyperbolic tangent.</summary>
    /// <param name="x">The argument.</param>
    /// <returns>The value.</returns>
    public static float Tanh(float x) => (float)Math.Tanh(x);

    /// <summary>Hyperbolic tangent, element by element.</summary>
    /// <param name="x">The argument.</param>
    /// <returns>A tile of the same shape.</returns>
    public static Tile<float> Tanh(Tile<float> x) => Broadcast.Map<float, float, TanhOp>(x);

    /// <summary>The error function, 2/sqrt(pi) times the integral of exp(-t*t) from 0.</summary>
    /// <param name="x">The argument.</param>
    /// <returns>The value.</returns>
    public static float Erf(float x) => (float)ErrorFunction.Erf(x);

    /// <summary>The error function, 2/sqrt(pi) times the integral of exp(-t*t) from 0, element by element.</summary>
    /// <param name="x">The argument.</param>
    /// <returns>A tile of the same shape.</returns>
    public static Tile<float> Erf(Tile<float> x) => Broadcast.Map<float, float, ErfOp>(x);

    /// <summary>Sine of radians.</summary>
    /// <param name="x">The argument.</param>
    /// <returns>The value.</returns>
    public static float Sin(float x) => (float)Math.Sin(x);

    /// <summary>Sine of radians, element by element.</summary>
    /// <param name="x">The argument.</param>
    /// <returns>A tile of the same shape.</returns>
    public static Tile<float> Sin(Tile<float> x) => Broadcast.Map<float, float, SinOp>(x);

    /// <summary>Cosine of radians.</summary>
    /// <param name="x">The argument.</param>
    /// <returns>The value.</returns>
    public static float Cos(float x) => (float)Math.Cos(x);

    /// <summary>Cosine of radians, element by element.</summary>
    /// <param name="x">The argument.</param>
    /// <returns>A tile of the same shape.</returns>
    public static Tile<float> Cos(Tile<float> x) => Broadcast.Map<float, float, CosOp>(x);

    /// <summary>1 / (1 + exp(-x)).</summary>
    /// <param name="x">The argument.</param>
    /// <returns>The value.</returns>
    public static float Sigmoid(float x) => (float)(1.0 / (1.0 + Math.Exp(-(double)x)));

    /// <summary>1 / (1 + exp(-x)), element by element.</summary>
    /// <param name="x">The argument.</param>
    /// <returns>A tile of the same shape.</returns>
    public static Tile<float> Sigmoid(Tile<float> x) => Broadcast.Map<float, float, SigmoidOp>(x);

    /// <summary>Largest integer not above the value.</summary>
    /// <param name="x">The argument.</param>
    /// <returns>The value.</returns>
    public static float Floor(float x) => MathF.Floor(x);

    /// <summary>Largest integer not above the value, element by element.</summary>
    /// <param name="x">The argument.</param>
    /// <returns>A tile of the same shape.</returns>
    public static Tile<float> Floor(Tile<float> x) => Broadcast.Map<float, float, FloorOp>(x);

    /// <summary>Nearest integer, halves to even.</summary>
    /// <param name="x">The argument.</param>
    /// <returns>The value.</returns>
    public static float Round(float x) => MathF.Round(x, MidpointRounding.ToEven);

    /// <summary>Nearest integer, halves to even, element by element.</summary>
    /// <param name="x">The argument.</param>
    /// <returns>A tile of the same shape.</returns>
    public static Tile<float> Round(Tile<float> x) => Broadcast.Map<float, float, RoundOp>(x);

    private readonly struct ExpOp : IUnary<float, float>
    {
        public static float Apply(float a) => Exp(a);
    }

    private readonly struct LogOp : IUnary<float, float>
    {
        public static float Apply(float a) => Log(a);
    }

    private readonly struct SqrtOp : IUnary<float, float>
    {
        public static float Apply(float a) => Sqrt(a);
    }

    private readonly struct RsqrtOp : IUnary<float, float>
    {
        public static float Apply(float a) => Rsqrt(a);
    }

    private readonly struct TanhOp : IUnary<float, float>
    {
        public static float Apply(float a) => Tanh(a);
    }

    private readonly struct ErfOp : IUnary<float, float>
    {
        public static float Apply(float a) => Erf(a);
    }

    private readonly struct SinOp : IUnary<float, float>
    {
        public static float Apply(float a) => Sin(a);
    }

    private readonly struct CosOp : IUnary<float, float>
    {
        public static float Apply(float a) => Cos(a);
    }

    private readonly struct SigmoidOp : IUnary<float, float>
    {
        public static float Apply(float a) => Sigmoid(a);
    }

    private readonly struct FloorOp : IUnary<float, float>
    {
        public static float Apply(float a) => Floor(a);
    }

    private readonly struct RoundOp : IUnary<float, float>
    {
        public static float Apply(float a) => Round(a);
    }
}
