using static KernelFoundry.ScalarOperations;

namespace KernelFoundry;

// CA2225: tiles have operators alone; a second spelling of each would be a second thing for the compiler to know.
#pragma warning disable CA2225

public sealed partial class Tile<T>
{
    /// <summary>Sum, element by element.</summary>
    /// <param name="left">Left operand.</param>
    /// <param name="right">Right operand.</param>
    /// <returns>The result, of the broadcast shape.</returns>
    public static Tile<T> operator +(Tile<T> left, Tile<T> right) => Broadcast.Zip<T, T, Add<T>>(left, right);

    /// <summary>Sum, element by element.</summary>
    /// <param name="left">Left operand.</param>
    /// <param name="right">Right operand.</param>
    /// <returns>The result, of the broadcast shape.</returns>
    public static Tile<T> operator +(Tile<T> left, T right) => Broadcast.Zip<T, T, Add<T>>(left, Scalar(right));

    /// <summary>Sum, element by element.</summary>
    /// <param name="left">Left operand.</param>
    /// <param name="right">Right operand.</param>
    /// <returns>The result, of the broadcast shape.</returns>
    public static Tile<T> operator +(T left, Tile<T> right) => Broadcast.Zip<T, T, Add<T>>(Scalar(left), right);

    /// <summary>Difference, element by element.</summary>
    /// <param name="left">Left operand.</param>
    /// <param name="right">Right operand.</param>
    /// <returns>The result, of the broadcast shape.</returns>
    public static Tile<T> operator -(Tile<T> left, Tile<T> right) => Broadcast.Zip<T, T, Subtract<T>>(left, right);

    /// <summary>Difference, element by element.</summary>
    /// <param name="left">Left operand.</param>
    /// <param name="right">Right operand.</param>
    /// <returns>The result, of the broadcast shape.</returns>
    public static Tile<T> operator -(Tile<T> left, T right) => Broadcast.Zip<T, T, Subtract<T>>(left, Scalar(right));

    /// <summary>Difference, element by element.</summary>
    /// <param name="left">Left operand.</param>
    /// <param name="right">Right operand.</param>
    /// <returns>The result, of the broadcast shape.</returns>
    public static Tile<T> operator -(T left, Tile<T> right) => Broadcast.Zip<T, T, Subtract<T>>(Scalar(left), right);

    /// <summary>Product, element by element.</summary>
    /// <param name="left">Left operand.</param>
    /// <param name="right">Right operand.</param>
    /// <returns>The result, of the broadcast shape.</returns>
    public static Tile<T> operator *(Tile<T> left, Tile<T> right) => Broadcast.Zip<T, T, Multiply<T>>(left, right);

    /// <summary>Product, element by element.</summary>
    /// <param name="left">Left operand.</param>
    /// <param name="right">Right operand.</param>
    /// <returns>The result, of the broadcast shape.</returns>
    public static Tile<T> operator *(Tile<T> left, T right) => Broadcast.Zip<T, T, Multiply<T>>(left, Scalar(right));

    /// <summary>Product, element by element.</summary>
    /// <param name="left">Left operand.</param>
    /// <param name="right">Right operand.</param>
    /// <returns>The result, of the broadcast shape.</returns>
    public static Tile<T> operator *(T left, Tile<T> right) => Broadcast.Zip<T, T, Multiply<T>>(Scalar(left), right);

    /// <summary>Quotient; ints truncate toward zero, element by element.</summary>
    /// <param name="left">Left operand.</param>
    /// <param name="right">Right operand.</param>
    /// <returns>The result, of the broadcast shape.</returns>
    public static Tile<T> operator /(Tile<T> left, Tile<T> right) => Broadcast.Zip<T, T, Divide<T>>(left, right);

    /// <summary>Quotient; ints truncate toward zero, element by element.</summary>
    /// <param name="left">Left operand.</param>
    /// <param name="right">Right operand.</param>
    /// <returns>The result, of the broadcast shape.</returns>
    public static Tile<T> operator /(Tile<T> left, T right) => Broadcast.Zip<T, T, Divide<T>>(left, Scalar(right));

    /// <summary>Quotient; ints truncate toward zero, element by element.</summary>
    /// <param name="left">Left operand.</param>
    /// <param name="right">Right operand.</param>
    /// <returns>The result, of the broadcast shape.</returns>
    public static Tile<T> operator /(T left, Tile<T> right) => Broadcast.Zip<T, T, Divide<T>>(Scalar(left), right);

    /// <summary>Remainder, with the sign of the left operand, element by element.</summary>
    /// <param name="left">Left operand.</param>
    /// <param name="right">Right operand.</param>
    /// <returns>The result, of the broadcast shape.</returns>
    public static Tile<T> operator %(Tile<T> left, Tile<T> right) => Broadcast.Zip<T, T, Remainder<T>>(left, right);

    /// <summary>Remainder, with the sign of the left operand, element by element.</summary>
    /// <param name="left">Left operand.</param>
    /// <param name="right">Right operand.</param>
    /// <returns>The result, of the broadcast shape.</returns>
    public static Tile<T> operator %(Tile<T> left, T right) => Broadcast.Zip<T, T, Remainder<T>>(left, Scalar(right));

    /// <summary>Remainder, with the sign of the left operand, element by element.</summary>
    /// <param name="left">Left operand.</param>
    /// <param name="right">Right operand.</param>
    /// <returns>The result, of the broadcast shape.</returns>
    public static Tile<T> operator %(T left, Tile<T> right) => Broadcast.Zip<T, T, Remainder<T>>(Scalar(left), right);

    /// <summary>Bitwise (bool: logical) and, element by element.</summary>
    /// <param name="left">Left operand.</param>
    /// <param name="right">Right operand.</param>
    /// <returns>The result, of the broadcast shape.</returns>
    public static Tile<T> operator &(Tile<T> left, Tile<T> right) => Broadcast.Zip<T, T, And<T>>(left, right);

    /// <summary>Bitwise (bool: logical) and, element by element.</summary>
    /// <param name="left">Left operand.</param>
    /// <param name="right">Right operand.</param>
    /// <returns>The result, of the broadcast shape.</returns>
    public static Tile<T> operator &(Tile<T> left, T right) => Broadcast.Zip<T, T, And<T>>(left, Scalar(right));

    /// <summary>Bitwise (bool: logical) and, element by element.</summary>
    /// <param name="left">Left operand.</param>
    /// <param name="right">Right operand.</param>
    /// <returns>The result, of the broadcast shape.</returns>
    public static Tile<T> operator &(T left, Tile<T> right) => Broadcast.Zip<T, T, And<T>>(Scalar(left), right);

    /// <summary>Bitwise (bool: logical) or, element by element.</summary>
    /// <param name="left">Left operand.</param>
    /// <param name="right">Right operand.</param>
    /// <returns>The result, of the broadcast shape.</returns>
    public static Tile<T> operator |(Tile<T> left, Tile<T> right) => Broadcast.Zip<T, T, Or<T>>(left, right);

    /// <summary>Bitwise (bool: logical) or, element by element.</summary>
    /// <param name="left">Left operand.</param>
    /// <param name="right">Right operand.</param>
    /// <returns>The result, of the broadcast shape.</returns>
    public static Tile<T> operator |(Tile<T> left, T right) => Broadcast.Zip<T, T, Or<T>>(left, Scalar(right));

    /// <summary>Bitwise (bool: logical) or, element by element.</summary>
    /// <param name="left">Left operand.</param>
    /// <param name="right">Right operand.</param>
    /// <returns>The result, of the broadcast shape.</returns>
    public static Tile<T> operator |(T left, Tile<T> right) => Broadcast.Zip<T, T, Or<T>>(Scalar(left), right);

    /// <summary>Bitwise (bool: logical) exclusive or, element by element.</summary>
    /// <param name="left">Left operand.</param>
    /// <param name="right">Right operand.</param>
    /// <returns>The result, of the broadcast shape.</returns>
    public static Tile<T> operator ^(Tile<T> left, Tile<T> right) => Broadcast.Zip<T, T, Xor<T>>(left, right);

    /// <summary>Bitwise (bool: logical) exclusive or, element by element.</summary>
    /// <param name="left">Left operand.</param>
    /// <param name="right">Right operand.</param>
    /// <returns>The result, of the broadcast shape.</returns>
    public static Tile<T> operator ^(Tile<T> left, T right) => Broadcast.Zip<T, T, Xor<T>>(left, Scalar(right));

    /// <summary>Bitwise (bool: logical) exclusive or, element by element.</summary>
    /// <param name="left">Left operand.</param>
    /// <param name="right">Right operand.</param>
    /// <returns>The result, of the broadcast shape.</returns>
    public static Tile<T> operator ^(T left, Tile<T> right) => Broadcast.Zip<T, T, Xor<T>>(Scalar(left), right);

    /// <summary>Left shift by the low five bits of the right operand.</summary>
    /// <param name="left">Left operand.</param>
    /// <param name="right">Right operand.</param>
    /// <returns>The result, of the broadcast shape.</returns>
    public static Tile<T> operator <<(Tile<T> left, Tile<T> right) => Broadcast.Zip<T, T, ShiftLeft<T>>(left, right);

    /// <summary>Left shift by the low five bits of the right operand.</summary>
    /// <param name="left">Left operand.</param>
    /// <param name="right">Right operand.</param>
    /// <returns>The result, of the broadcast shape.</returns>
    public static Tile<T> operator <<(Tile<T> left, T right) => Broadcast.Zip<T, T, ShiftLeft<T>>(left, Scalar(right));

    /// <summary>Right shift by the low five bits of the right operand; ints keep their sign.</summary>
    /// <param name="left">Left operand.</param>
    /// <param name="right">Right operand.</param>
    /// <returns>The result, of the broadcast shape.</returns>
    public static Tile<T> operator >>(Tile<T> left, Tile<T> right) => Broadcast.Zip<T, T, ShiftRight<T>>(left, right);

    /// <summary>Right shift by the low five bits of the right operand; ints keep their sign.</summary>
    /// <param name="left">Left operand.</param>
    /// <param name="right">Right operand.</param>
    /// <returns>The result, of the broadcast shape.</returns>
    public static Tile<T> operator >>(Tile<T> left, T right) => Broadcast.Zip<T, T, ShiftRight<T>>(left, Scalar(right));

    /// <summary>Negation.</summary>
    /// <param name="value">The operand.</param>
    /// <returns>The result, of the broadcast shape.</returns>
    public static Tile<T> operator -(Tile<T> value) => Broadcast.Map<T, T, Negate<T>>(value);

    /// <summary>Bitwise complement.</summary>
    /// <param name="value">The operand.</param>
    /// <returns>The result, of the broadcast shape.</returns>
    public static Tile<T> operator ~(Tile<T> value) => Broadcast.Map<T, T, Complement<T>>(value);

    /// <summary>Logical not; for Tile&lt;bool&gt; alone.</summary>
    /// <param name="value">The operand.</param>
    /// <returns>The result, of the broadcast shape.</returns>
    public static Tile<T> operator !(Tile<T> value) => Broadcast.Map<T, T, Not<T>>(value);
}
