using KernelFoundry.Compiler.Ir;
using KernelFoundry.Compiler.Lowering;

namespace KernelFoundry.Compiler.Targets.Ilgpu;

/// <content>The group's memory, and views.</content>
internal sealed partial class IlgpuWriter
{
    private string Load(LoadLocal load)
    {
        string at = $"(scratch, {load.Buffer.Name} + {Scalar(load.Index)})";
        return load.Type switch
        {
            DType.F32 => $"{Group}.GetFloat{at}",
            DType.U32 => $"(uint){Group}.GetInt{at}",
            DType.Bool => $"({Group}.GetInt{at} != 0)",
            _ => $"{Group}.GetInt{at}",
        };
    }

    protected override void WriteStoreLocal(StoreLocal store)
    {
        string at = $"(scratch, {store.Buffer.Name} + {Scalar(store.Index)}, ", value = Bare(Scalar(store.Value));
        Line(store.Value.Type switch
        {
            DType.F32 => $"{Group}.PutFloat{at}{value});",
            DType.U32 => $"{Group}.PutInt{at}(int)({value}));",
            DType.Bool => $"{Group}.PutInt{at}{value} ? 1 : 0);",
            _ => $"{Group}.PutInt{at}{value});",
        });
    }

    private string Load(LoadView load)
    {
        string offset = Offset(load.View, load.Indices, Scalar, load.ByteOffset);
        string text = load.ByteOffset ? Bytes(load.View, offset, load.Raw) : Element($"({load.View}, {offset})", load.Raw);
        text = (load.Type, load.Raw) switch
        {
            (DType.F32, RawType.F32 or RawType.F16 or RawType.BF16) => text,
            (DType.F32, _) => $"(float){text}",
            (DType.U32, _) => $"(uint){text}",
            _ => text,
        };
        return load.Guard is { } guard ? $"({Scalar(guard)} ? {text} : {Scalar(load.Other!)})" : text;
    }

    private static string Element(string at, RawType raw) => raw switch
    {
        RawType.F32 => $"{Group}.LoadFloat{at}",
        RawType.F16 => $"GroupMath.FromHalf<{Group}>({Group}.LoadShort{at})",
        RawType.BF16 => $"GroupMath.FromBFloat16<{Group}>({Group}.LoadShort{at})",
        RawType.I32 => $"{Group}.LoadInt{at}",
        RawType.U16 => $"{Group}.LoadShort{at}",
        RawType.I16 => $"(int)(short){Group}.LoadShort{at}",
        RawType.I8 => $"(int)(sbyte){Group}.LoadByte{at}",
        _ => $"{Group}.LoadByte{at}",
    };

    // Quantized data lies at any byte.
    private static string Bytes(string view, string offset, RawType raw)
    {
        string pair = $"GroupBytes.Pair<{Group}, {View}, {Local}>({view}, {offset})", four = $"GroupBytes.Four<{Group}, {View}, {Local}>({view}, {offset})";
        return raw switch
        {
            RawType.U8 => $"{Group}.LoadByte({view}, {offset})",
            RawType.I8 => $"(int)(sbyte){Group}.LoadByte({view}, {offset})",
            RawType.U16 => pair,
            RawType.I16 => $"(int)(short){pair}",
            RawType.I32 => four,
            RawType.F16 => $"GroupMath.FromHalf<{Group}>({pair})",
            RawType.BF16 => $"GroupMath.FromBFloat16<{Group}>({pair})",
            _ => $"{Group}.FromBits({four})",
        };
    }

    protected override void WriteStoreView(StoreView store)
    {
        string at = $"({store.View}, {Offset(store.View, store.Indices, Scalar, false)}, ", value = Bare(Scalar(store.Value));
        string line = store.Element.Kind switch
        {
            ElementKind.F32 => $"{Group}.StoreFloat{at}{value});",
            ElementKind.F16 => $"{Group}.StoreShort{at}GroupMath.ToHalf<{Group}>({value}));",
            ElementKind.BF16 => $"{Group}.StoreShort{at}GroupMath.ToBFloat16<{Group}>({value}));",
            ElementKind.I8 => $"{Group}.StoreByte{at}GroupMath.Clamp({value}, -128, 127));",
            ElementKind.U8 => $"{Group}.StoreByte{at}GroupMath.Clamp({value}, 0, 255));",
            _ => $"{Group}.StoreInt{at}{(store.Value.Type == DType.U32 ? $"(int)({value})" : value)});",
        };
        Line(store.Guard is { } guard ? $"if ({Bare(Scalar(guard))}) {line}" : line);
    }
}
