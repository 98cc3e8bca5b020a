using KernelFoundry.Compiler.Ir;
using KernelFoundry.Generators.Diagnostics;
using Microsoft.CodeAnalysis;

namespace KernelFoundry.Generators.FrontEnd;

/// <summary>A kernel as read: its IR, or null where it has mistakes.</summary>
internal sealed record KernelReading(Kernel? Ir, IReadOnlyList<Mistake> Mistakes);

/// <summary>Reads a method marked [Kernel] into IR.</summary>
internal sealed class KernelReader
{
    private readonly IMethodSymbol _method;
    private readonly Mistakes _mistakes = new();

    private KernelReader(IMethodSymbol method) => _method = method;

    public static KernelReading Read(IMethodSymbol method, Compilation compilation, CancellationToken cancellation)
    {
        var reader = new KernelReader(method);
        KernelDeclaration.Check(method, reader._mistakes, cancellation);
        KernelAttributes.Check(method, reader._mistakes, cancellation);
        Kernel? kernel = reader.Read(compilation, cancellation);
        return new KernelReading(reader._mistakes.IsBroken ? null : kernel, reader._mistakes.Found);
    }

    /// <summary>A kernel's name in registries and IR: namespace, classes and method.</summary>
    public static string NameOf(IMethodSymbol method) => $"{Language.FullName(method.ContainingType).Replace('+', '.')}.{method.Name}";

    private Kernel? Read(Compilation compilation, CancellationToken cancellation)
    {
        List<TypeParameter> types = [.. _method.TypeParameters.Select(Read)];
        Parameter?[] parameters = [.. _method.Parameters.Select(Read)];
        var body = new Block();
        var builder = new Builder(body);
        var reader = new BodyReader(compilation, _mistakes, builder, BodyKind.Kernel, cancellation);
        for (int i = 0; i < parameters.Length; i++)
            reader.Bind(_method.Parameters[i], parameters[i] is { } parameter ? TermOf(parameter) : new BrokenTerm());
        try
        {
            reader.Read(_method);
        }
        catch (MistakeException exception)
        {
            _mistakes.Add(exception);
        }

        builder.Leave(OpCode.Return);
        if (_mistakes.IsBroken)
            return null;
        var kernel = new Kernel
        {
            Name = NameOf(_method),
            Location = BodyReader.Locate(_method.Locations[0]),
            TypeParameters = types,
            Parameters = [.. parameters.Select(p => p!)],
            WorkGroup = Said("WorkGroup") ?? 64,
            CudaWorkGroup = Said("CudaWorkGroup") ?? 0,
            ApproximatesExp = Language.Attribute(_method, "Kernel")?.NamedArguments.Any(a => a is { Key: "ApproximateExp", Value.Value: true }) ?? false,
            RoundedProducts = KernelAttributes.RoundedProducts(_method),
            Body = body,
        };
        KernelAttributes.CheckChoices(_method, kernel, _mistakes, cancellation);
        Differentiation.Check(_method, kernel, _mistakes, cancellation);
        return kernel;
    }

    private int? Said(string property) =>
        Language.Attribute(_method, "Kernel")?.NamedArguments.FirstOrDefault(a => a.Key == property).Value.Value as int?;

    private static Term TermOf(Parameter parameter) => parameter.Kind switch
    {
        ParameterKind.View => new ViewTerm(parameter.Name, parameter.Rank, parameter.Element),
        ParameterKind.Functor => new FunctorTerm(parameter.Name),
        _ => new ParameterTerm(parameter.Name, parameter.DType),
    };

    private static TypeParameter Read(ITypeParameterSymbol parameter) =>
        new(parameter.Name, Language.FunctorConstraint(parameter) is { } functor ? Language.FullName(functor) : "");

    private Parameter? Read(IParameterSymbol parameter)
    {
        Location at = parameter.Locations[0];
        ITypeSymbol type = parameter.Type;
        if (type.TypeKind == TypeKind.Error)
        {
            _mistakes.Add(Mistakes.Silent());
            return null;
        }

        if (parameter.RefKind != RefKind.None)
        {
            _mistakes.Add(Rules.ByReference, at, parameter.Name);
            return null;
        }

        if (Language.RankOf(type) is > 0 and var rank)
        {
            ITypeSymbol argument = ((INamedTypeSymbol)type).TypeArguments[0];
            bool isPanels = Language.IsPanels(type);
            if (Language.ElementOf(argument) is { } element && !(isPanels && element.Bytes > 0))
                return new Parameter { Name = parameter.Name, Kind = ParameterKind.View, Element = element, Rank = rank, IsPanels = isPanels };
            _mistakes.Add(Rules.Element, at, Language.Display(argument));
            return null;
        }

        if (type is ITypeParameterSymbol functor && Language.FunctorConstraint(functor) is not null)
            return new Parameter { Name = parameter.Name, Kind = ParameterKind.Functor, TypeParameter = functor.Name };
        if (Language.ScalarOf(type) is not { } dtype)
        {
            _mistakes.Add(Rules.Type, at, Language.Display(type), Unsupported.InsteadOfParameter(type));
            return null;
        }

        if (Language.Attribute(parameter, "Specialize") is { } specialize)
        {
            return new Parameter
            {
                Name = parameter.Name,
                Kind = ParameterKind.Specialized,
                DType = dtype,
                Values = KernelAttributes.Integers(specialize),
                IsGenericOnCpu = specialize.NamedArguments.Any(a => a is { Key: "Cpu", Value.Value: false }),
            };
        }

        if (Language.Attribute(parameter, "Schedule") is { } schedule)
        {
            return new Parameter
            {
                Name = parameter.Name,
                Kind = ParameterKind.Schedule,
                DType = dtype,
                Values = KernelAttributes.Schedule(schedule),
                Choices = KernelAttributes.Choices(schedule),
            };
        }

        return new Parameter { Name = parameter.Name, Kind = ParameterKind.Scalar, DType = dtype };
    }
}
