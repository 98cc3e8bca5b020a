using System.Globalization;
using System.Reflection;
using KernelFoundry.Compiler.Interpreter;
using KernelFoundry.Compiler.Ir;
using KernelFoundry.Compiler.Passes;
using KernelFoundry.Compiler.Targets;
using KernelFoundry.Compiler.Targets.Ptx;
using IrElement = KernelFoundry.Compiler.Ir.Element;

namespace KernelFoundry.Testing;

/// <summary>An interpreter: it needs no device, and finds races, accesses out of bounds and reads of what nothing has written.</summary>
internal sealed class InterpreterTarget(InterpreterForm form)
    : TestTarget($"{form} interpreter", form >= InterpreterForm.Thread ? 60_000 : 150_000)
{
    /// <inheritdoc/>
    public override bool IsTunable => form < InterpreterForm.Thread;

    private int NewestTarget => form == InterpreterForm.Warpgroup ? PtxInstructions.Warpgroups : PtxInstructions.Matrices;

    /// <inheritdoc/>
    internal override bool Runs(KernelDefinition kernel, string typeKey) => form < InterpreterForm.Matrix || HasNewerPtx(kernel, typeKey, NewestTarget);

    /// <inheritdoc/>
    internal override bool RoundsProducts(KernelDefinition kernel, string typeKey) => form >= InterpreterForm.Matrix && HasNewerPtx(kernel, typeKey);

    /// <inheritdoc/>
    internal override IReadOnlyDictionary<string, byte[]> Run(KernelInputs inputs, IReadOnlyDictionary<string, TensorImage> images)
    {
        Kernel kernel = IrParser.ParseKernel(inputs.Test.Kernel.IrText);
        Specialization specialization = Specialize(kernel, inputs);
        TargetKind target = form switch
        {
            InterpreterForm.Thread or InterpreterForm.SubGroup => TargetKind.OpenCl,
            InterpreterForm.Warp => TargetKind.Cuda,
            InterpreterForm.Matrix => TargetKind.CudaMatrices,
            InterpreterForm.Warpgroup => TargetKind.CudaWarpgroups,
            _ => TargetKind.Cpu,
        };
        Kernel specialized = Specializer.Specialize(kernel, specialization, target);
        var memory = new InterpreterMemory();
        foreach ((string name, TensorImage image) in images)
            memory.Add(View(inputs.Tensors[name], specialization, image.Before.ToArray(), image.ByteOffset, image.Strides));
        Dictionary<string, Number> scalars = inputs.Scalars.ToDictionary(scalar => scalar.Key, scalar => ToNumber(scalar.Value));
        foreach (Parameter tuned in specialized.Parameters.Where(parameter => parameter.IsTunable))
            scalars.Add(tuned.Name, Number.Of(inputs.Test.Schedule.GetValueOrDefault(tuned.Name, tuned.ValueFor(target))));
        AddFunctors(inputs, specialization, memory, scalars);
        switch (form)
        {
            case InterpreterForm.Tile:
                TileInterpreter.Run(specialized, memory, scalars);
                break;
            case InterpreterForm.Vector:
                VectorInterpreter.Run(CSharpTarget.Lower(specialized), memory, scalars);
                break;
            case InterpreterForm.SubGroup:
                ThreadInterpreter.Run(OpenClTarget.LowerSubGroups(specialized), memory, scalars);
                break;
            case InterpreterForm.Warp:
                ThreadInterpreter.Run(PtxTarget.Lower(specialized), memory, scalars);
                break;
            case InterpreterForm.Matrix or InterpreterForm.Warpgroup:
                ThreadInterpreter.Run(PtxTarget.Lower(specialized, NewestTarget), memory, scalars);
                break;
            default:
                ThreadInterpreter.Run(OpenClTarget.Lower(specialized), memory, scalars);
                break;
        }

        return images.Keys.ToDictionary(name => name, name => memory.Views[name].Buffer);
    }

    private static Specialization Specialize(Kernel kernel, KernelInputs inputs)
    {
        var elements = new Dictionary<string, IrElement>();
        var functors = new Dictionary<string, Functor>();
        var formats = new Dictionary<string, QuantFormat>();
        foreach (KernelTypeParameterInfo parameter in inputs.Test.Kernel.TypeParameters)
        {
            string argument = inputs.TypeArgument(parameter.Name);
            if (parameter.IsFunctor)
                functors.Add(parameter.Name, ShippedIr.Functor(argument));
            else
                elements.Add(parameter.Name, ElementOf(argument, formats));
        }

        foreach (Parameter parameter in kernel.Parameters.Where(parameter => parameter.Element.Kind == ElementKind.Quantized))
            ElementOf(parameter.Element.Name, formats);

        // As a device chooses: the listed value if it is one, else the generic version.
        Dictionary<string, int?> values = kernel.Parameters.Where(parameter => parameter.Kind == ParameterKind.Specialized).ToDictionary(
            parameter => parameter.Name,
            parameter => inputs.Scalars[parameter.Name] is int value && parameter.Values.Contains(value) ? value : (int?)null);
        return new Specialization(elements, functors, values, formats);
    }

    private static IrElement ElementOf(string name, Dictionary<string, QuantFormat> formats)
    {
        if (IrElement.Primitives.FirstOrDefault(element => element.Name == name) is { } primitive)
            return primitive;
        if (!formats.ContainsKey(name))
            formats.Add(name, ShippedIr.Format(name));
        return IrElement.Quantized(name);
    }

    private static InterpreterView View(Tensor tensor, Specialization specialization, byte[] buffer, long offset, long[] strides)
    {
        QuantFormat? format = specialization.Formats.GetValueOrDefault(tensor.ElementName);
        IrElement element = IrElement.Primitives.FirstOrDefault(each => each.Name == tensor.ElementName)
            ?? IrElement.Quantized(tensor.ElementName);
        return new InterpreterView(tensor.Name, element, buffer, offset, tensor.Extents, strides, format, tensor.IsPanels)
        {
            Uninitialized = tensor is { IsOutput: true, IsAccumulated: false },
        };
    }

    private static Number ToNumber(object scalar) => scalar switch
    {
        float value => Number.Of(value),
        uint value => Number.Of(value),
        bool value => Number.Of(value),
        _ => Number.Of(Convert.ToInt32(scalar, CultureInfo.InvariantCulture)),
    };

    // The fields of a functor are parameters of the specialized kernel.
    private static void AddFunctors(
        KernelInputs inputs, Specialization specialization, InterpreterMemory memory, Dictionary<string, Number> scalars)
    {
        var memories = new List<DeviceMemory>();
        foreach (KernelParameterInfo parameter in inputs.Test.Kernel.Parameters.Where(each => each.Kind == KernelParameterKind.Functor))
        {
            object functor = inputs.Functor(parameter, Device.Reference, memories);
            foreach (Parameter field in specialization.Functors[parameter.Type].Fields)
            {
                string name = Specializer.FieldName(parameter.Name, field.Name);
                object value = FieldOf(functor, field.Name);
                if (field.Kind == ParameterKind.View)
                    memory.Add(new InterpreterView(name, field.Element, Bytes(value, field.Element.Bytes), 0, Extents(value, field.Rank)));
                else
                    scalars.Add(name, ToNumber(value));
            }
        }

        memories.ForEach(one => one.Dispose());
    }

    private static object FieldOf(object functor, string name)
    {
        const BindingFlags Any = BindingFlags.Instance | BindingFlags.Public | BindingFlags.NonPublic;
        Type type = functor.GetType();
        return type.GetProperty(name, Any)?.GetValue(functor) ?? type.GetField(name, Any)?.GetValue(functor)
            ?? throw new InvalidOperationException($"Functor {type.Name} has no field {name}.");
    }

    private static int[] Extents(object view, int rank) =>
        [.. Enumerable.Range(0, rank).Select(axis => (int)view.GetType().GetProperty($"Extent{axis}")!.GetValue(view)!)];

    private static byte[] Bytes(object view, int elementBytes)
    {
        Type type = view.GetType();
        var memory = (DeviceMemory)type.GetProperty("Memory")!.GetValue(view)!;
        long offset = (long)type.GetProperty("ByteOffset")!.GetValue(view)!;
        var bytes = new byte[(long)type.GetProperty("Count")!.GetValue(view)! * elementBytes];
        memory.Read(offset, bytes);
        return bytes;
    }
}
