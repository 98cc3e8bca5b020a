using KernelFoundry.Compiler.Ir;
using KernelFoundry.Generators.Diagnostics;
using Microsoft.CodeAnalysis;
using Microsoft.CodeAnalysis.Operations;

namespace KernelFoundry.Generators.FrontEnd;

internal sealed partial class BodyReader
{
    /// <summary>The arguments of a call by parameter, read when asked for; omitted optional ones are absent.</summary>
    internal sealed class Arguments
    {
        private readonly BodyReader _reader;
        private readonly IInvocationOperation _call;

        public Arguments(BodyReader reader, IInvocationOperation call)
        {
            _reader = reader;
            _call = call;
            All = [.. call.Arguments.Where(a => a.ArgumentKind != ArgumentKind.DefaultValue && a.Parameter is not null)
                .OrderBy(a => a.Parameter!.Ordinal)];
        }

        public IArgumentOperation[] All { get; }

        public int Count => All.Length;

        /// <summary>The method's name.</summary>
        public string Name => _call.TargetMethod.Name;

        public IOperation Syntax(int index) => All[index].Value;

        public Value this[int index] => _reader.Value(All[index].Value);

        public IOperation? Find(string parameter) => All.FirstOrDefault(a => a.Parameter!.Name == parameter)?.Value;

        /// <summary>A scalar argument.</summary>
        public Value Scalar(int index) => _reader.Scalar(All[index].Value);

        /// <summary>An argument that must be a constant, or the mistake that it is not.</summary>
        public int Constant(IOperation argument, DiagnosticDescriptor rule) =>
            Literal(_reader.Value(argument)) ?? throw Mistakes.Error(rule, argument.Syntax.GetLocation());

        public Value[] Values() => [.. Enumerable.Range(0, Count).Select(i => this[i])];
    }
}
