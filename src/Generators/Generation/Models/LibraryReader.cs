using System.Reflection.Metadata;
using KernelFoundry.Compiler.Ir;
using KernelFoundry.Generators.FrontEnd;
using Microsoft.CodeAnalysis;

namespace KernelFoundry.Generators.Generation.Models;

/// <summary>
/// Reads the IR a referenced assembly ships in its [assembly: KernelIr] and [assembly: FunctorIr] attributes. It reads metadata, not
/// symbols, so that it runs again only when the reference itself changes.
/// </summary>
internal static class LibraryReader
{
    public static LibraryModel Read(MetadataReference reference, CancellationToken cancellation)
    {
        var kernels = new List<LibraryKernel>();
        var functors = new List<LibraryFunctor>();
        var formats = new List<LibraryFormat>();
        foreach ((string attribute, string name, string text) in Attributes(reference, cancellation))
        {
            try
            {
                if (attribute == "KernelIrAttribute")
                    kernels.Add(LibraryText.ParseKernel(name, text));
                else if (text.StartsWith("format", StringComparison.Ordinal))
                    formats.Add(new LibraryFormat(name, text));
                else if (IrParser.ParseFunctor(text).Interface is var contract && contract != DeviceFunctions.Interface)
                    functors.Add(new LibraryFunctor(name, contract, text));
            }
            catch (IrException)
            {
                // Shipped by another version of the compiler: its own assembly still runs it, and a launch says what is not compiled.
            }
        }

        return new LibraryModel(kernels.ToEquatable(), functors.ToEquatable(), formats.ToEquatable());
    }

    private static IEnumerable<(string Attribute, string Name, string Text)> Attributes(MetadataReference reference,
        CancellationToken cancellation) => reference switch
        {
            CompilationReference project => OfSymbol(project.Compilation.Assembly),
            PortableExecutableReference file => OfMetadata(file, cancellation),
            _ => [],
        };

    private static IEnumerable<(string Attribute, string Name, string Text)> OfSymbol(IAssemblySymbol assembly)
    {
        foreach (AttributeData attribute in assembly.GetAttributes())
        {
            if (Language.NameOf(attribute.AttributeClass) is "KernelIrAttribute" or "FunctorIrAttribute"
                && attribute.ConstructorArguments.Length == 2
                && attribute.ConstructorArguments[0].Value is string name && attribute.ConstructorArguments[1].Value is string text)
                yield return (attribute.AttributeClass!.Name, name, text);
        }
    }

    private static IEnumerable<(string Attribute, string Name, string Text)> OfMetadata(PortableExecutableReference reference,
        CancellationToken cancellation)
    {
        ModuleMetadata? module;
        try
        {
            module = reference.GetMetadata() switch
            {
                AssemblyMetadata assembly => assembly.GetModules().FirstOrDefault(),
                ModuleMetadata own => own,
                _ => null,
            };
        }
        catch (Exception exception) when (exception is IOException or BadImageFormatException)
        {
            // The C# compiler reports a reference it cannot read.
            yield break;
        }

        if (module is null || !module.GetMetadataReader().IsAssembly)
            yield break;
        MetadataReader reader = module.GetMetadataReader();
        foreach (CustomAttributeHandle handle in reader.GetAssemblyDefinition().GetCustomAttributes())
        {
            cancellation.ThrowIfCancellationRequested();
            CustomAttribute attribute = reader.GetCustomAttribute(handle);
            string? type = TypeName(reader, attribute);
            if (type is not ("KernelIrAttribute" or "FunctorIrAttribute"))
                continue;
            BlobReader value = reader.GetBlobReader(attribute.Value);
            if (value.ReadUInt16() == 1 && value.ReadSerializedString() is { } name && value.ReadSerializedString() is { } text)
                yield return (type, name, text);
        }
    }

    private static string? TypeName(MetadataReader reader, CustomAttribute attribute)
    {
        StringHandle space = default, name = default;
        if (attribute.Constructor.Kind == HandleKind.MemberReference
            && reader.GetMemberReference((MemberReferenceHandle)attribute.Constructor).Parent is { Kind: HandleKind.TypeReference } parent)
        {
            TypeReference type = reader.GetTypeReference((TypeReferenceHandle)parent);
            (space, name) = (type.Namespace, type.Name);
        }
        else if (attribute.Constructor.Kind == HandleKind.MethodDefinition)
        {
            TypeDefinition type =
                reader.GetTypeDefinition(reader.GetMethodDefinition((MethodDefinitionHandle)attribute.Constructor).GetDeclaringType());
            (space, name) = (type.Namespace, type.Name);
        }

        return !name.IsNil && reader.StringComparer.Equals(space, Language.Namespace) ? reader.GetString(name) : null;
    }
}
