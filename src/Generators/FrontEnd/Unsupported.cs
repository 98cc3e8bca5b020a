using KernelFoundry.Generators.Diagnostics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace KernelFoundry.Generators.FrontEnd;

/// <summary>What the kernel language has instead of the C# it leaves out.</summary>
internal static class Unsupported
{
    private static readonly Dictionary<OperationKind, (string What, string Instead)> Constructs = new()
    {
        [OperationKind.Switch] = ("'switch'", "use if and else, or nested ?:"),
        [OperationKind.SwitchExpression] = ("'switch'", "use nested ?: on scalars or Where on tiles"),
        [OperationKind.Branch] = ("'break', 'continue' or 'goto'",
            "put the condition into the loop's own condition, or guard the rest of the body with if"),
        [OperationKind.LocalFunction] = ("A local function", "make it a static method with [DeviceFunction]"),
        [OperationKind.Labeled] = ("A label", "use for, while and if"),
        [OperationKind.Using] = ("'using'", "a kernel owns nothing that must be disposed; do this before the launch"),
        [OperationKind.UsingDeclaration] = ("'using'", "a kernel owns nothing that must be disposed; do this before the launch"),
        [OperationKind.Lock] = ("'lock'", "programs share nothing but views; let each write its own elements"),
        [OperationKind.IsPattern] = ("'is'", "compare with == and <"),
        [OperationKind.IsType] = ("'is'", "types are chosen when the kernel is compiled; write one kernel for each, or a functor"),
        [OperationKind.TypeOf] = ("'typeof'", "types are chosen when the kernel is compiled; write one kernel for each, or a functor"),
        [OperationKind.SizeOf] = ("'sizeof'", "views count in elements; no size in bytes is needed"),
        [OperationKind.NameOf] = ("'nameof'", "tell cases apart by an int or an enum constant"),
        [OperationKind.Coalesce] = ("'??'", "kernel values are never null"),
        [OperationKind.ConditionalAccess] = ("'?.'", "kernel values are never null"),
        [OperationKind.ArrayElementReference] = ("An array element", "pass a View1 and read it with Load"),
        [OperationKind.InstanceReference] = ("'this'", "kernels and their functions are static"),
        [OperationKind.DefaultValue] = ("'default'", "write the value itself"),
        [OperationKind.Range] = ("'..'", "use Range(start, extent)"),
        [OperationKind.DynamicInvocation] = ("'dynamic'", "use scalars, tiles and views"),
        [OperationKind.Await] = ("'await'", "a kernel runs to its end; wait for a launch on the host"),
    };

    private static readonly Dictionary<OperationKind, (string What, string Instead)> Allocations = new()
    {
        [OperationKind.ArrayCreation] = ("A new array", "use a tile (Zeros, Full) or pass a view as scratch memory"),
        [OperationKind.CollectionExpression] = ("A collection expression", "use a tile (Zeros, Full) or pass a view as scratch memory"),
        [OperationKind.AnonymousFunction] = ("A lambda", "write a static [DeviceFunction] method, or a functor"),
        [OperationKind.DelegateCreation] = ("A delegate", "write a static [DeviceFunction] method, or a functor"),
        [OperationKind.InterpolatedString] = ("A string", "tell cases apart by an int or an enum constant"),
        [OperationKind.AnonymousObjectCreation] = ("A new object", "keep its parts in locals"),
    };

    private static readonly Dictionary<string, string> Functions = new()
    {
        ["Sqrt"] = "Sqrt",
        ["Exp"] = "Exp",
        ["Log"] = "Log",
        ["Sin"] = "Sin",
        ["Cos"] = "Cos",
        ["Tanh"] = "Tanh",
        ["Abs"] = "Abs",
        ["Min"] = "Min",
        ["Max"] = "Max",
        ["Floor"] = "Floor",
        ["Round"] = "Round",
        ["FusedMultiplyAdd"] = "Fma",
        ["ReciprocalSqrtEstimate"] = "Rsqrt",
        ["MaxNumber"] = "Max",
        ["MinNumber"] = "Min",
    };

    public static MistakeException Of(IOperation operation)
    {
        Location at = operation.Syntax.GetLocation();
        switch (operation)
        {
            case IInvalidOperation:
                return Mistakes.Silent();
            case IThrowOperation or ITryOperation:
                return Mistakes.Error(Rules.Exceptions, at);
            case IReturnOperation { Kind: OperationKind.YieldReturn or OperationKind.YieldBreak }:
                return Mistakes.Error(Rules.AsyncOrIterator, at);
            case IForEachLoopOperation:
                return Mistakes.Error(Rules.Unsupported, at, "'foreach'",
                    "use for (int i = 0; i < n; i++), or one operation on a whole tile");
            case IWhileLoopOperation:
                return Mistakes.Error(Rules.Unsupported, at, "'do ... while'", "use while");
            case IAwaitOperation:
                return Mistakes.Error(Rules.AsyncOrIterator, at);
            case { Type.SpecialType: SpecialType.System_String }:
                return Mistakes.Error(Rules.Allocation, at, "A string", "tell cases apart by an int or an enum constant");
        }

        if (Allocations.TryGetValue(operation.Kind, out (string What, string Instead) allocation))
            return Mistakes.Error(Rules.Allocation, at, allocation.What, allocation.Instead);
        (string what, string instead) = Constructs.TryGetValue(operation.Kind, out (string What, string Instead) construct)
            ? construct
            : ($"'{FirstLine(operation.Syntax)}'", "use scalars, tiles, views and the functions of Ops");
        return Mistakes.Error(Rules.Unsupported, at, what, instead);
    }

    public static MistakeException Call(IInvocationOperation call, Location at, Compilation compilation)
    {
        IMethodSymbol method = call.TargetMethod;
        string name = $"{method.ContainingType.Name}.{method.Name}";
        if (method.MethodKind == MethodKind.LocalFunction)
            return Mistakes.Error(Rules.Unsupported, at, "A local function", "make it a static method with [DeviceFunction]");
        if (method.MethodKind == MethodKind.DelegateInvoke)
        {
            return Mistakes.Error(Rules.Unsupported, at, "Calling a delegate",
                "use a functor: a type parameter with static abstract methods");
        }

        if (Language.Has(method, "Kernel"))
        {
            return Mistakes.Error(Rules.Unsupported, at, $"Calling the kernel '{method.Name}'",
                "launch it from the host, or move what both need into a [DeviceFunction]");
        }

        if (method.ContainingType is { Name: "Math" or "MathF" or "Single", ContainingNamespace.Name: "System" })
        {
            return Mistakes.Error(Rules.Unsupported, at, $"'{name}'", Functions.TryGetValue(method.Name, out string? function)
                ? $"use {function} of KernelFoundry.Ops"
                : "build it from the functions of KernelFoundry.Ops");
        }

        return method.IsStatic && Language.SourceOf(method.OriginalDefinition, compilation) is not null
            ? new MistakeException(Mistakes.WithProperty(Rules.NotDeviceFunction, at, "Method", method.Name, name))
            : Mistakes.Error(Rules.Unsupported, at, $"'{name}'",
                "use the functions of KernelFoundry.Ops and static [DeviceFunction] methods of this project");
    }

    public static MistakeException Member(IMemberReferenceOperation member, Location at)
    {
        if (member.Member is { ContainingType: { TypeKind: not TypeKind.Error } type })
        {
            if (member.Type is { SpecialType: SpecialType.System_String })
                return Mistakes.Error(Rules.Allocation, at, "A string", "tell cases apart by an int or an enum constant");
            return Mistakes.Error(Rules.Unsupported, at, $"'{type.Name}.{member.Member.Name}'", member.Member.IsStatic
                && Language.ScalarOf(member.Type) is not null
                ? "make it a const, or pass it as a parameter"
                : "pass what is needed of it as a parameter");
        }

        return Mistakes.Silent();
    }

    /// <summary>What to use instead of a type of a kernel's parameter.</summary>
    public static string InsteadOfParameter(ITypeSymbol type) =>
        Language.TileOf(type) is null ? Instead(type) : "pass a view and load the tile from it";

    /// <summary>What to use instead of a type.</summary>
    public static string Instead(ITypeSymbol? type) => type switch
    {
        { SpecialType: SpecialType.System_Double or SpecialType.System_Decimal } =>
            "use float: write 1f for 1.0 and cast results with (float)",
        { SpecialType: SpecialType.System_Int64 or SpecialType.System_UInt64 or SpecialType.System_IntPtr or SpecialType.System_UIntPtr } =>
            "use int or uint, and cast one operand if C# widens both",
        { SpecialType: SpecialType.System_SByte or SpecialType.System_Byte or SpecialType.System_Char } =>
            "compute in int and mask with & 255",
        { SpecialType: SpecialType.System_Int16 or SpecialType.System_UInt16 } => "compute in int and mask with & 65535",
        { Name: "Half" or "BFloat16" } => "compute in float; views convert where they load and store",
        { SpecialType: SpecialType.System_String } => "tell cases apart by an int or an enum constant",
        { TypeKind: TypeKind.Array } => "use a View1 to View4",
        { Name: "Span" or "ReadOnlySpan" or "Memory" or "Tensor" or "TensorSpan" } => "use a View1 to View4",
        { TypeKind: TypeKind.Delegate } => "use a functor: a type parameter with static abstract methods",
        { TypeKind: TypeKind.Enum } => "use int, or constants of the enum cast to int",
        _ => "use float, int, uint, bool, tiles, views and functors",
    };

    private static string FirstLine(SyntaxNode syntax)
    {
        string text = syntax.ToString();
        int end = text.IndexOfAny(['\r', '\n']);
        return end < 0 ? text : text.Substring(0, end).TrimEnd();
    }
}
