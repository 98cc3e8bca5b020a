namespace KernelFoundry.Testing;

/// <summary>Finds types by the names kernels' records have for them.</summary>
internal static class NamedTypes
{
    /// <summary>The type of a full metadata name, in any assembly loaded.</summary>
    public static Type Find(string fullName) => AppDomain.CurrentDomain.GetAssemblies()
        .Select(assembly => assembly.GetType(fullName))
        .FirstOrDefault(type => type is not null)
        ?? throw new InvalidOperationException($"No assembly that is loaded has a type {fullName}.");

    /// <summary>The name kernels' records have for an element type or functor.</summary>
    public static string NameOf(Type type)
    {
        bool isOwnFormat = type.Namespace == "KernelFoundry" && type.IsAssignableTo(typeof(IQuantFormat));
        return TensorElement.NameOfPrimitive(type) ?? (isOwnFormat ? type.Name : type.FullName!);
    }
}
