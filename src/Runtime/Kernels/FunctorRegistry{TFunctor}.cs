using System.Runtime.CompilerServices;

namespace KernelFoundry;

// CA1000: the type argument is the point: FunctorRegistry<Silu>.Name reads as what it is.
#pragma warning disable CA1000

/// <summary>What is known of one functor.</summary>
/// <typeparam name="TFunctor">The functor struct.</typeparam>
public static class FunctorRegistry<TFunctor>
    where TFunctor : struct
{
    private static Entry? entry;

    /// <summary>The functor's full metadata name: its part of <see cref="KernelVariant.TypeKey"/>.</summary>
    /// <exception cref="NotSupportedException">The functor is not registered.</exception>
    public static string Name => Known.Name;

    private static Entry Known => entry ?? Find();

    /// <summary>Adds the functor's fields to a launch's arguments.</summary>
    /// <param name="functor">The functor.</param>
    /// <param name="arguments">The arguments to add to.</param>
    /// <exception cref="NotSupportedException">The functor is not registered.</exception>
    public static void Flatten(in TFunctor functor, ref KernelArguments arguments) => Known.Flatten(functor, ref arguments);

    internal static void Set(string name, FunctorFlattener<TFunctor> flatten) => entry = new Entry(name, flatten);

    private static Entry Find()
    {
        // The functor's module initializer may not have run: nothing of its assembly need have been called yet.
        RuntimeHelpers.RunModuleConstructor(typeof(TFunctor).Module.ModuleHandle);
        return entry ?? throw new NotSupportedException($"{typeof(TFunctor)} is no known functor: it must be a struct that is not generic, implementing "
            + "an interface marked [FunctorInterface], in a project compiled with the KernelFoundry generator.");
    }

    private sealed record Entry(string Name, FunctorFlattener<TFunctor> Flatten);
}
