package org.align4j.run;

import java.lang.reflect.Proxy;

/// Handles signals through `sun.misc.Signal`, the only way Java has to hear a second Ctrl-C. It is
/// called by reflection because the compiler's warning about it cannot be turned off.
final class Signals {
    private Signals() {}

    /// Runs `action` on a thread of the virtual machine whenever `signal` (such as `INT`) comes.
    static void handle(String signal, Runnable action) {
        try {
            Class<?> type = Class.forName("sun.misc.Signal");
            Class<?> handlerType = Class.forName("sun.misc.SignalHandler");
            Object handler = Proxy.newProxyInstance(
                    handlerType.getClassLoader(),
                    new Class<?>[] {handlerType},
                    (self, method, arguments) -> switch (method.getName()) {
                        case "handle" -> {
                            action.run();
                            yield null;
                        }
                        case "equals" -> System.identityHashCode(self) == System.identityHashCode(arguments[0]);
                        case "hashCode" -> System.identityHashCode(self);
                        default -> "handler of SIG" + signal;
                    });
            type.getMethod("handle", type, handlerType)
                    .invoke(null, type.getConstructor(String.class).newInstance(signal), handler);
        } catch (ReflectiveOperationException e) {
            throw new IllegalStateException("this Java cannot handle SIG" + signal, e);
        }
    }
}
