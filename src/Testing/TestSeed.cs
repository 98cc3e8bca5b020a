using System.Globalization;

namespace KernelFoundry.Testing;

/// <summary>Seeds of tests that draw their inputs. A run can be repeated as it is, so that a failure is the fault of what was changed; new inputs are drawn where they are asked for.</summary>
public static class TestSeed
{
    /// <summary>The seed where nothing says another.</summary>
    public const int Default = 20_251;

    /// <summary>The seed that an environment variable says: a number, or <c>random</c> for a new one with every call.</summary>
    /// <param name="variable">The variable's name.</param>
    /// <returns>The seed; <see cref="Default"/> without the variable. Put it into the message of a failure.</returns>
    /// <exception cref="FormatException">The variable is neither a number nor <c>random</c>.</exception>
    public static int Of(string variable) => Environment.GetEnvironmentVariable(variable) switch
    {
        null or "" => Default,
        "random" => Random.Shared.Next(),
        string text when int.TryParse(text, NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out int seed) => seed,
        string text => throw new FormatException($"{variable} is '{text}': give a number, or 'random'."),
    };
}
