using static KernelFoundry.ScalarOperations;

namespace KernelFoundry;

// CA2225: tiles have operators alone; a second spelling of each would be a second thing for the compiler to know.
#pragma warning disable CA2225

public sealed partial class Tile<T>
{
    /// <summary>Whether left is equal to right, element by element.</summary>
    /// <param name="left">Left operand.</param>
    /// <param name="right">Right operand.</param>
    /// <returns>The result, of the broadcast shape.</returns>
    public static Tile<bool> operator ==(Tile<T> left, Tile<T> right) => Broadcast.Zip<T, bool, EqualTo<T>>(left, right);

    /// <summary>Whether left is equal to right, element by element.</summary>
    /// <param name="left">Left operand.</param>
    /// <param name="right">Right operand.</param>
    /// <returns>The result, of the broadcast shape.</returns>
    public static Tile<bool> operator ==(Tile<T> left, T right) => Broadcast.Zip<T, bool, EqualTo<T>>(left, Scalar(right));

    /// <summary>Whether left is equal to right, element by element.</summary>
    /// <param name="left">Left operand.</param>
    /// <param name="right">Right operand.</param>
    /// <returns>The result, of the broadcast shape.</returns>
    public static Tile<bool> operator ==(T left, Tile<T> right) => Broadcast.Zip<T, bool, EqualTo<T>>(Scalar(left), right);

    /// <summary>Whether left is unequal to right, element by element.</summary>
    /// <param name="left">Left operand.</param>
    /// <param name="right">Right operand.</param>
    /// <returns>The result, of the broadcast shape.</returns>
    public static Tile<bool> operator !=(Tile<T> left, Tile<T> right) => !Broadcast.Zip<T, bool, EqualTo<T>>(left, right);

    /// <summary>Whether left is unequal to right, element by element.</summary>
    /// <param name="left">Left operand.</param>
    /// <param name="right">Right operand.</param>
    /// <returns>The result, of the broadcast shape.</returns>
    public static Tile<bool> operator !=(Tile<T> left, T right) => !Broadcast.Zip<T, bool, EqualTo<T>>(left, Scalar(right));

    /// <summary>Whether left is unequal to right, element by element.</summary>
    /// <param name="left">Left operand.</param>
    /// <param name="right">Right operand.</param>
    /// <returns>The result, of the broadcast shape.</returns>
    public static Tile<bool> operator !=(T left, Tile<T> right) => !Broadcast.Zip<T, bool, EqualTo<T>>(Scalar(left), right);

    /// <summary>Whether left is less than right, element by element.</summary>
    /// <param name="left">Left operand.</param>
    /// <param name="right">Right operand.</param>
    /// <returns>The result, of the broadcast shape.</returns>
    public static Tile<bool> operator <(Tile<T> left, Tile<T> right) => Broadcast.Zip<T, bool, LessThan<T>>(left, right);

    /// <summary>Whether left is less than right, element by element.</summary>
    /// <param name="left">Left operand.</param>
    /// <param name="right">Right operand.</param>
    /// <returns>The result, of the broadcast shape.</returns>
    public static Tile<bool> operator <(Tile<T> left, T right) => Broadcast.Zip<T, bool, LessThan<T>>(left, Scalar(right));

    /// <summary>Whether left is less than right, element by element.</summary>
    /// <param name="left">Left operand.</param>
    /// <param name="right">Right operand.</param>
    /// <returns>The result, of the broadcast shape.</returns>
    public static Tile<bool> operator <(T left, Tile<T> right) => Broadcast.Zip<T, bool, LessThan<T>>(Scalar(left), right);

    /// <summary>Whether left is less or equal to right, element by element.</summary>
    /// <param name="left">Left operand.</param>
    /// <param name="right">Right operand.</param>
    /// <returns>The result, of the broadcast shape.</returns>
    public static Tile<bool> operator <=(Tile<T> left, Tile<T> right) => Broadcast.Zip<T, bool, LessOrEqual<T>>(left, right);

    /// <summary>Whether left is less or equal to right, element by element.</summary>
    /// <param name="left">Left operand.</param>
    /// <param name="right">Right operand.</param>
    /// <returns>The result, of the broadcast shape.</returns>
    public static Tile<bool> operator <=(Tile<T> left, T right) => Broadcast.Zip<T, bool, LessOrEqual<T>>(left, Scalar(right));

    /// <summary>Whether left is less or equal to right, element by element.</summary>
    /// <param name="left">Left operand.</param>
    /// <param name="right">Right operand.</param>
    /// <returns>The result, of the broadcast shape.</returns>
    public static Tile<bool> operator <=(T left, Tile<T> right) => Broadcast.Zip<T, bool, LessOrEqual<T>>(Scalar(left), right);

    /// <summary>Whether left is greater than right, element by element.</summary>
    /// <param name="left">Left operand.</param>
    /// <param name="right">Right operand.</param>
    /// <returns>The result, of the broadcast shape.</returns>
    public static Tile<bool> operator >(Tile<T> left, Tile<T> right) => Broadcast.Zip<T, bool, LessThan<T>>(right, left);

    /// <summary>Whether left is greater than right, element by element.</summary>
    /// <param name="left">Left operand.</param>
    /// <param name="right">Right operand.</param>
    /// <returns>The result, of the broadcast shape.</returns>
    public static Tile<bool> operator >(Tile<T> left, T right) => Broadcast.Zip<T, bool, LessThan<T>>(Scalar(right), left);

    /// <summary>Whether left is greater than right, element by element.</summary>
    /// <param name="left">Left operand.</param>
    /// <param name="right">Right operand.</param>
    /// <returns>The result, of the broadcast shape.</returns>
    public static Tile<bool> operator >(T left, Tile<T> right) => Broadcast.Zip<T, bool, LessThan<T>>(right, Scalar(left));

    /// <summary>Whether left is greater or equal to right, element by element.</summary>
    /// <param name="left">Left operand.</param>
    /// <param name="right">Right operand.</param>
    /// <returns>The result, of the broadcast shape.</returns>
    public static Tile<bool> operator >=(Tile<T> left, Tile<T> right) => Broadcast.Zip<T, bool, LessOrEqual<T>>(right, left);

    /// <summary>Whether left is greater or equal to right, element by element.</summary>
    /// <param name="left">Left operand.</param>
    /// <param name="right">Right operand.</param>
    /// <returns>The result, of the broadcast shape.</returns>
    public static Tile<bool> operator >=(Tile<T> left, T right) => Broadcast.Zip<T, bool, LessOrEqual<T>>(Scalar(right), left);

    /// <summary>Whether left is greater or equal to right, element by element.</summary>
    /// <param name="left">Left operand.</param>
    /// <param name="right">Right operand.</param>
    /// <returns>The result, of the broadcast shape.</returns>
    public static Tile<bool> operator >=(T left, Tile<T> right) => Broadcast.Zip<T, bool, LessOrEqual<T>>(right, Scalar(left));
}
