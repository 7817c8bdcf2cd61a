// Where a session is, when it is not where the user says.
#ifndef PYSLOW_REPORT_NEAR_SESSION_H_
#define PYSLOW_REPORT_NEAR_SESSION_H_

#include <string>

namespace pyslow::report {

// "; did you mean 'DIR'?" for a session in `directory` or, where that is not there, for one beside
// it of nearly its name; "" where there is none.
std::string DidYouMeanSession(const std::string& directory);

}  // namespace pyslow::report

#endif  // PYSLOW_REPORT_NEAR_SESSION_H_
