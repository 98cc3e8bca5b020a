using System.Collections.Concurrent;
using System.Reflection;

namespace KernelFoundry.Testing;

/// <summary>How tests make functors that have fields. Functors without fields need nothing.</summary>
public static class FunctorSamples
{
    private static readonly ConcurrentDictionary<string, Func<FunctorSample, object>> Known = new();

    /// <summary>
    /// Says how a functor is made for a test. The same sample must give the same functor again: each device gets one of its own.
    /// </summary>
    /// <param name="make">Makes the functor.</param>
    /// <typeparam name="TFunctor">The functor struct.</typeparam>
    public static void Add<TFunctor>(Func<FunctorSample, TFunctor> make)
        where TFunctor : struct => Known[typeof(TFunctor).FullName!] = sample => make(sample);

    internal static object Make(string name, FunctorSample sample)
    {
        if (Known.TryGetValue(name, out Func<FunctorSample, object>? make))
            return make(sample);
        Type type = NamedTypes.Find(name);
        if (type.GetFields(BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic).Length == 0)
            return Activator.CreateInstance(type)!;
        throw new InvalidOperationException($"Functor {type.Name} has fields: say how tests make one with "
            + $"FunctorSamples.Add(sample => new {type.Name}(...)).");
    }
}
